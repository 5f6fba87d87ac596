// What the API sends and takes, under the names of its schemas. A field that is not needed is left out:
// answers may get new ones at any time.
import Foundation

struct Guest: Decodable {
    let viewerId: String
    let accessToken: String
    let refreshToken: String
    let expiresIn: Int
}

struct Session: Decodable {
    let accessToken: String
    let expiresIn: Int
}

struct RefreshInput: Encodable {
    let refreshToken: String
}

struct PublicDrama: Decodable, Identifiable {
    let id: String
    let title: String
    let synopsis: String
}

struct PublicEpisode: Decodable, Identifiable {
    let id: String
    let number: Int
    let title: String
    let price: Int
    let path: String
}

struct PublicDramaPage: Decodable {
    let items: [PublicDrama]
    let nextCursor: String?
}

struct PublicEpisodePage: Decodable {
    let items: [PublicEpisode]
    let nextCursor: String?
}

struct PlaybackInput: Encodable {
    let unlock: String
}

/// One sitting: each episode whose number `open` has, such as `1-10,12`, plays at `baseUrl` + its `path`,
/// until `expiresAt`.
struct Playback: Decodable {
    let url: URL
    let baseUrl: String
    let expiresAt: Date
    let sessionId: String
    let charged: Int
    let open: String
    let episodes: [OpenEpisode]
    let next: NextEpisode?
}

struct OpenEpisode: Decodable {
    let episodeId: String
    let number: Int
    let path: String
}

struct NextEpisode: Decodable {
    let episodeId: String
    let access: String
    let price: Int
}

struct PurchaseInput: Encodable {
    let store: String
    let signedTransaction: String
}

struct PurchaseAnswer: Decodable {
    let purchase: PurchaseView
    let wallet: Balance
}

struct PurchaseView: Decodable {
    let id: String
    let state: String
    let coins: Int
}

struct Balance: Decodable {
    let paid: Int
    let bonus: Int
    let debt: Int
}

/// A refusal (RFC 9457). Branch on `code`, log `detail`.
struct ProblemDocument: Decodable, Error {
    let status: Int
    let code: String
    let detail: String
    let price: Int?
    let balance: Int?
}
