// The four calls of an app, with what holds for each of them: a guest that is made once, a token that is
// renewed, a retry that makes nothing twice. Needs OkHttp 4, kotlinx.coroutines and kotlinx.serialization.
package dev.cliffhanger.samples

import java.io.IOException
import java.util.UUID
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.delay
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.Serializable
import kotlinx.serialization.encodeToString
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonNamingStrategy
import okhttp3.MediaType.Companion.toMediaType
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody.Companion.toRequestBody

/** Where the session is kept between starts. Encrypt it by a key of the Keystore: the refresh token is the account. */
interface SessionVault {
    fun load(): StoredSession?

    fun save(session: StoredSession?)
}

@Serializable
data class StoredSession(
    val viewerId: String,
    val refreshToken: String,
    val accessToken: String,
    val endsAt: Long,
)

@OptIn(ExperimentalSerializationApi::class)
private val json = Json {
    namingStrategy = JsonNamingStrategy.SnakeCase
    ignoreUnknownKeys = true
}

/** @param root ends in `/v1`. */
class CliffhangerApi(
    private val root: String,
    private val vault: SessionVault,
    private val http: OkHttpClient = OkHttpClient(),
) {
    private val renewing = Mutex()

    // The four calls

    /** Who this device is: a guest, made at the first need and kept. */
    suspend fun viewerId(): String = session().viewerId

    suspend fun dramas(after: String? = null): PublicDramaPage =
        json.decodeFromString(call("GET", "/dramas" + page(after), signedIn = false))

    suspend fun episodes(drama: PublicDrama, after: String? = null): PublicEpisodePage =
        json.decodeFromString(call("GET", "/dramas/${drama.id}/episodes" + page(after), signedIn = false))

    /**
     * Opens a sitting. With [spendingCoins] a locked episode is unlocked for its price; without, it throws
     * [Refused] with the code `episode_locked`.
     */
    suspend fun playback(episodeId: String, spendingCoins: Boolean): Playback {
        val body = json.encodeToString(PlaybackInput(if (spendingCoins) "coins" else "none"))
        return json.decodeFromString(call("POST", "/episodes/$episodeId/playback", body, key = freshKey()))
    }

    /** Grants what Google Play has sold: once, however often it is sent, under this key or another. */
    suspend fun claim(productId: String, purchaseToken: String): PurchaseAnswer {
        val body = json.encodeToString(PurchaseInput("google", productId, purchaseToken))
        return json.decodeFromString(call("POST", "/purchases", body, key = freshKey()))
    }

    // What holds for every call

    /**
     * One call. A 401 is answered by a fresh token, once; what may pass is tried again after a pause, where
     * that is safe: a GET, or a call with an Idempotency-Key, which stays the same.
     */
    private suspend fun call(
        method: String,
        path: String,
        body: String? = null,
        key: String? = null,
        signedIn: Boolean = true,
    ): String {
        var refused: String? = null
        val pauses = ArrayDeque(if (method == "GET" || key != null) listOf(500L, 2_000L, 5_000L) else emptyList())
        while (true) {
            val token = if (signedIn) session(refused).accessToken else null
            try {
                return send(method, path, body, key, token)
            } catch (refusal: Refused) {
                val status = refusal.problem.status
                when {
                    status == 401 && signedIn && refused == null -> refused = token
                    (status == 429 || status >= 500) && pauses.isNotEmpty() -> delay(pauses.removeFirst())
                    else -> throw refusal
                }
            } catch (failure: IOException) {
                if (pauses.isEmpty()) throw failure
                delay(pauses.removeFirst())
            }
        }
    }

    private suspend fun send(method: String, path: String, body: String?, key: String?, token: String?): String =
        withContext(Dispatchers.IO) {
            val sent = body?.toRequestBody(JSON_TYPE) ?: if (method == "GET") null else ByteArray(0).toRequestBody()
            val request = Request.Builder().url(root + path).method(method, sent).apply {
                key?.let { header("Idempotency-Key", it) }
                token?.let { header("Authorization", "Bearer $it") }
            }.build()
            http.newCall(request).execute().use { response ->
                val text = response.body?.string().orEmpty()
                if (!response.isSuccessful) throw Refused(problem(response.code, text))
                text
            }
        }

    /** The gateway's own refusals have no code. */
    private fun problem(status: Int, text: String): ProblemDocument =
        runCatching { json.decodeFromString<ProblemDocument>(text) }
            .getOrElse { ProblemDocument(status, code = "", detail = "HTTP $status") }

    private fun page(cursor: String?) = if (cursor == null) "" else "?cursor=$cursor"

    private fun freshKey() = UUID.randomUUID().toString()

    // The session

    /** A session that should work. [refused] is an access token that the API has just turned down. */
    private suspend fun session(refused: String? = null): StoredSession = renewing.withLock {
        val kept = vault.load()
        if (kept != null && kept.accessToken != refused && kept.endsAt > System.currentTimeMillis()) kept
        else renewed(kept)
    }

    private suspend fun renewed(kept: StoredSession?): StoredSession {
        if (kept != null) {
            try {
                val body = json.encodeToString(RefreshInput(kept.refreshToken))
                val fresh = json.decodeFromString<Session>(call("POST", "/sessions/refresh", body, signedIn = false))
                return kept.copy(accessToken = fresh.accessToken, endsAt = end(fresh.expiresIn)).also(vault::save)
            } catch (refusal: Refused) {
                if (refusal.problem.code != "refresh_refused") throw refusal
                vault.save(null) // the account is gone: start again as a guest
            }
        }
        val guest = json.decodeFromString<Guest>(call("POST", "/guests", signedIn = false))
        return StoredSession(guest.viewerId, guest.refreshToken, guest.accessToken, end(guest.expiresIn))
            .also(vault::save)
    }

    /** A little early, so that no call starts with a token that ends on its way. */
    private fun end(seconds: Long) = System.currentTimeMillis() + (seconds - 30) * 1_000

    private companion object {
        val JSON_TYPE = "application/json".toMediaType()
    }
}
