// Fingers, wheel and keys, turned into what they mean: a step, a tap, a seek.

const TAP = 10; // pixels of movement that still count as a tap
const FAR = 0.18; // the part of the screen's height that makes a swipe
const FAST = 0.5; // pixels a millisecond that make one too
const NOTCH = 40; // wheel pixels that make a step
const REST = 450; // milliseconds in which a wheel's after-run counts for nothing

/** Calls `drag(y | null)`, `step(1 | -1)` and `tap()` for pointers and wheel on `element`. */
export function listenToTouch(element, { drag, step, tap }) {
  let start = null;
  element.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0 || event.target.closest("button, a")) return;
    start = { y: event.clientY, x: event.clientX, at: event.timeStamp };
    element.setPointerCapture(event.pointerId);
  });
  element.addEventListener("pointermove", (event) => {
    if (!start || !event.isPrimary) return;
    const y = event.clientY - start.y;
    if (Math.abs(y) > TAP) drag(y);
  });
  element.addEventListener("pointerup", (event) => {
    if (!start || !event.isPrimary) return;
    const y = event.clientY - start.y;
    const moved = Math.hypot(y, event.clientX - start.x);
    const speed = Math.abs(y) / (event.timeStamp - start.at || 1);
    start = null;
    drag(null);
    if (moved <= TAP) tap();
    else if (Math.abs(y) > element.clientHeight * FAR || (speed > FAST && Math.abs(y) > 3 * TAP))
      step(y < 0 ? 1 : -1);
  });
  element.addEventListener("pointercancel", () => {
    start = null;
    drag(null);
  });
  listenToWheel(element, step);
}

function listenToWheel(element, step) {
  let turned = 0;
  let last = 0;
  let rests = 0;
  const onWheel = (event) => {
    event.preventDefault();
    const now = event.timeStamp;
    if (now - last > 200) turned = 0;
    last = now;
    if (now < rests) return;
    turned += event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 30 : 1);
    if (Math.abs(turned) < NOTCH) return;
    step(Math.sign(turned));
    turned = 0;
    rests = now + REST;
  };
  element.addEventListener("wheel", onWheel, { passive: false });
}

const KEYS = {
  ArrowDown: ["step", 1],
  PageDown: ["step", 1],
  j: ["step", 1],
  ArrowUp: ["step", -1],
  PageUp: ["step", -1],
  k: ["step", -1],
  ArrowRight: ["seek", 5],
  ArrowLeft: ["seek", -5],
  " ": ["toggle"],
  m: ["mute"],
  e: ["list"],
};

/** Calls `actions[name](value)` for the keys above, unless a control has its own use for them. */
export function listenToKeys(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("dialog, select")) return;
    if (event.key === " " && event.target.closest("button")) return;
    const [name, value] = KEYS[event.key] ?? [];
    if (!name) return;
    event.preventDefault();
    actions[name](value);
  });
}
