// What the API sends and takes, under the names of its schemas. A field that is not needed is left out:
// answers may get new ones at any time.
package dev.cliffhanger.samples

import kotlinx.serialization.Serializable

@Serializable
data class Guest(
    val viewerId: String,
    val accessToken: String,
    val refreshToken: String,
    val expiresIn: Long,
)

@Serializable
data class Session(val accessToken: String, val expiresIn: Long)

@Serializable
data class RefreshInput(val refreshToken: String)

@Serializable
data class PublicDrama(val id: String, val title: String, val synopsis: String)

@Serializable
data class PublicEpisode(
    val id: String,
    val number: Int,
    val title: String,
    val price: Int,
    val path: String,
)

@Serializable
data class PublicDramaPage(val items: List<PublicDrama>, val nextCursor: String?)

@Serializable
data class PublicEpisodePage(val items: List<PublicEpisode>, val nextCursor: String?)

@Serializable
data class PlaybackInput(val unlock: String)

/**
 * One sitting: each episode whose number [open] has, such as `1-10,12`, plays at [baseUrl] + its path, until
 * [expiresAt] (RFC 3339).
 */
@Serializable
data class Playback(
    val url: String,
    val baseUrl: String,
    val expiresAt: String,
    val sessionId: String,
    val charged: Int,
    val open: String,
    val episodes: List<OpenEpisode>,
    val next: NextEpisode?,
)

@Serializable
data class OpenEpisode(val episodeId: String, val number: Int, val path: String)

@Serializable
data class NextEpisode(val episodeId: String, val access: String, val price: Int)

@Serializable
data class PurchaseInput(val store: String, val productId: String, val purchaseToken: String)

@Serializable
data class PurchaseAnswer(val purchase: PurchaseView, val wallet: Balance)

@Serializable
data class PurchaseView(val id: String, val state: String, val coins: Int)

@Serializable
data class Balance(val paid: Int, val bonus: Int, val debt: Int)

/** A refusal (RFC 9457). Branch on [code], log [detail]. */
@Serializable
data class ProblemDocument(
    val status: Int,
    val code: String,
    val detail: String,
    val price: Int? = null,
    val balance: Int? = null,
)

class Refused(val problem: ProblemDocument) : Exception("${problem.status} ${problem.code}: ${problem.detail}")
