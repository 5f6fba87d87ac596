// The demo player: wires the API, the stage and the controls of index.html together.
import { Api } from "./api.js";
import { emptyCard, errorCard } from "./cards.js";
import { commerce } from "./commerce.js";
import { dramasOf, episodesOf } from "./feed.js";
import { listenToKeys, listenToTouch } from "./gestures.js";
import { latestOf, recall, remember, takeOver } from "./memory.js";
import { Progress } from "./progress.js";
import { Seekbar } from "./seekbar.js";
import { Sheet } from "./sheet.js";
import { Sitting } from "./sitting.js";
import { Stage } from "./stage.js";
import { load, save } from "./storage.js";

const $ = (id) => document.getElementById(id);
const root = document.documentElement;

const api = new Api();
const stage = new Stage($("stage"), $("slot-template"));
const seekbar = new Seekbar($("seek"), $("time"));
const sheet = new Sheet($("sheet"), { pick: (index) => stage.go(index), pickDrama: open });
const progress = new Progress(api);
const till = commerce(api, { chip: $("wallet"), dialog: $("shop"), moved: lookAgain });
const now = { drama: null, dramas: [], episodes: [], sitting: null };
stage.muted = load("muted", false);
stage.language = load("captions", null);

const NEAR_THE_END = 0.5; // seconds: who stopped there has seen the episode

const episode = () => now.episodes[stage.index];

/** Shows the whole-screen card, or takes it away. */
function cover(card) {
  $("cover").replaceChildren(...(card ? [card] : []));
  $("phone").dataset.covered = String(Boolean(card));
}

async function begin() {
  cover(null);
  $("phone").dataset.state = "loading";
  try {
    now.dramas = await dramasOf(api);
    // Without its memory the page starts at the first episode, which is better than not at all.
    await takeOver(api).catch(() => {});
  } catch (problem) {
    return cover(errorCard(problem, begin));
  }
  if (now.dramas.length === 0) return cover(emptyCard(begin));
  till.refresh();
  return open(latestOf(now.dramas));
}

async function open(drama) {
  cover(null);
  try {
    now.episodes = await episodesOf(api, drama.id);
  } catch (problem) {
    return cover(errorCard(problem, () => open(drama)));
  }
  if (now.episodes.length === 0) return cover(emptyCard(begin));
  now.drama = drama;
  const { number, episodeId, position } = recall(drama.id);
  const left = (each) => each.number === number || each.id === episodeId;
  const index = Math.max(0, now.episodes.findIndex(left));
  const at = position < now.episodes[index].duration_seconds - NEAR_THE_END ? position : 0;
  const sitting = (now.sitting = new Sitting(api));
  return stage.start({ drama, episodes: now.episodes, sitting, index, at });
}

/** Coins or VIP have moved: what is locked is asked again, and walls that fell are taken away. */
async function lookAgain() {
  const { drama, episodes } = now;
  const fresh = await episodesOf(api, drama.id).catch(() => []);
  const access = new Map(fresh.map((each) => [each.id, each.access]));
  for (const each of episodes) each.access = access.get(each.id) ?? each.access;
  if (now.drama === drama) stage.askAgain();
}

function showEpisode() {
  const { number, title, access, duration_seconds: seconds } = episode();
  $("drama").textContent = now.drama.title;
  $("episode").textContent = `EP ${number}`;
  $("title").textContent = title;
  $("synopsis").textContent = now.drama.synopsis ?? "";
  $("count").textContent = `${number} / ${now.episodes.length}`;
  document.title = `${now.drama.title} · Episode ${number}`;
  const lock = access === "locked" ? ", locked" : "";
  $("said").textContent = `Episode ${number} of ${now.episodes.length}: ${title}${lock}`;
  seekbar.follow(stage.current.video, seconds);
  keepPlace();
  showState();
  showRungs();
  showCaptions();
}

/** Notes where the viewer is; a wall is no place to come back to. */
function keepPlace() {
  const { number, access } = episode();
  const { position, video } = stage.current;
  if (access !== "locked") remember(now.drama.id, number, video.ended ? 0 : position);
}

/** Notes what the video itself says, for the API to count and to remember. */
function keepProgress() {
  const session = now.sitting.session(episode());
  if (session) progress.note(session, episode().id, stage.current.video.currentTime);
}

function showState() {
  const { state, video } = stage.current;
  $("phone").dataset.state = state;
  const paused = state === "open" && video.paused && video.readyState > 2;
  $("phone").dataset.paused = String(paused);
  $("play").setAttribute("aria-label", paused ? "Play" : "Pause");
  $("next").disabled = !stage.hasNext;
  $("previous").disabled = !stage.hasPrevious;
  for (const wall of document.querySelectorAll(".slot .wall")) {
    if (stage.current.element.contains(wall)) wall.dataset.testid = "wall";
    else delete wall.dataset.testid;
  }
}

function showRungs() {
  const { rungs, playing } = stage.current.ladder;
  const automatic = new Option(playing && !stage.quality ? `Auto ${playing}p` : "Auto", "auto");
  $("quality").replaceChildren(automatic, ...rungs.map((rung) => new Option(`${rung}p`, rung)));
  $("quality").value = stage.quality ?? "auto";
}

function showCaptions() {
  const { captions } = stage.current;
  const options = captions.map(({ language, name }) => new Option(name, language));
  $("captions").replaceChildren(new Option("No captions", ""), ...options);
  $("captions").value = captions.some(({ language }) => language === stage.language)
    ? stage.language
    : "";
  $("captions").hidden = captions.length === 0;
}

function showSound() {
  $("unmute").setAttribute("aria-pressed", String(!stage.muted));
  $("unmute").dataset.muted = String(stage.muted);
}

function toggleSound() {
  stage.mute(!stage.muted);
  save("muted", stage.muted);
  showSound();
}

let toast = 0;
function say(words) {
  $("toast").textContent = words;
  clearTimeout(toast);
  toast = setTimeout(() => ($("toast").textContent = ""), 2600);
}

function step(by) {
  if (stage.step(by)) return;
  if (by < 0) say("This is the first episode");
  else if (stage.current.state !== "wall") say("You have seen the last episode");
}

const showList = () => now.drama && sheet.open({ ...now, index: stage.index });

stage.addEventListener("change", () => {
  progress.send();
  showEpisode();
});
stage.addEventListener("state", showState);
stage.addEventListener("rungs", showRungs);
stage.addEventListener("captions", showCaptions);
stage.addEventListener("sound", showSound);
stage.addEventListener("list", showList);
stage.addEventListener("shop", till.open);
stage.addEventListener("unlocked", till.refresh);
stage.addEventListener("ended", () => step(1));
stage.addEventListener("playable", () => {
  root.dataset.ready = "true";
  showState();
});
stage.addEventListener("time", () => {
  seekbar.update();
  keepPlace();
  keepProgress();
});
// Play and pause do not bubble: caught on their way down.
for (const event of ["play", "pause"]) $("stage").addEventListener(event, showState, true);
$("stage").addEventListener("pause", () => progress.send(), true);
addEventListener("pagehide", () => progress.send());

$("next").addEventListener("click", () => step(1));
$("previous").addEventListener("click", () => step(-1));
$("play").addEventListener("click", () => stage.toggle());
$("unmute").addEventListener("click", toggleSound);
$("episodes").addEventListener("click", showList);
// What opened the shop may be gone by now: a wall was built again, or has fallen.
$("shop").addEventListener("close", () => {
  if (document.activeElement === document.body) stage.current.element.querySelector(".main")?.focus();
});
$("quality").addEventListener("change", ({ target }) => {
  stage.choose(target.value === "auto" ? null : Number(target.value));
});
$("captions").addEventListener("change", ({ target }) => {
  stage.caption(target.value || null);
  save("captions", stage.language);
});
$("synopsis").addEventListener("click", ({ currentTarget: synopsis }) => {
  synopsis.setAttribute("aria-expanded", String(synopsis.ariaExpanded !== "true"));
});
listenToTouch($("stage"), { drag: (y) => stage.drag(y), step, tap: () => stage.toggle() });
listenToKeys({
  step,
  seek: (seconds) => seekbar.seekBy(seconds),
  toggle: () => stage.toggle(),
  mute: toggleSound,
  list: showList,
});

let playing = false;
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    playing = !stage.current.video.paused;
    stage.current.video.pause();
  } else if (playing) stage.play();
});
addEventListener("resize", () => stage.fit());

showSound();
begin();
