// The four calls of an app, with what holds for each of them: a guest that is made once, a token that is
// renewed, a retry that makes nothing twice. iOS 15 and later, no dependencies.
import Foundation

/// Where the session is kept between starts. Keep it in the Keychain: the refresh token is the account.
protocol SessionVault: Sendable {
    func load() -> StoredSession?
    func save(_ session: StoredSession?)
}

struct StoredSession: Codable, Sendable {
    let viewerId: String
    let refreshToken: String
    var accessToken: String
    var endsAt: Date
}

actor CliffhangerAPI {
    private let root: URL
    private let vault: any SessionVault
    private let urls: URLSession
    private var renewal: Task<StoredSession, Error>?

    /// `root` ends in `/v1`.
    init(root: URL, vault: any SessionVault, urls: URLSession = .shared) {
        self.root = root
        self.vault = vault
        self.urls = urls
    }

    // MARK: The four calls

    /// Who this device is: a guest, made at the first need and kept.
    func viewerId() async throws -> String {
        try await session().viewerId
    }

    func dramas(after cursor: String? = nil) async throws -> PublicDramaPage {
        let query = cursor.map { [URLQueryItem(name: "cursor", value: $0)] } ?? []
        return try await call("GET", "/dramas", query: query, signedIn: false)
    }

    func episodes(of drama: PublicDrama, after cursor: String? = nil) async throws -> PublicEpisodePage {
        let query = cursor.map { [URLQueryItem(name: "cursor", value: $0)] } ?? []
        return try await call("GET", "/dramas/\(drama.id)/episodes", query: query, signedIn: false)
    }

    /// Opens a sitting. With `spendingCoins` a locked episode is unlocked for its price; without, it throws
    /// a `ProblemDocument` with the code `episode_locked`.
    func playback(of episodeId: String, spendingCoins: Bool) async throws -> Playback {
        let input = PlaybackInput(unlock: spendingCoins ? "coins" : "none")
        return try await call("POST", "/episodes/\(episodeId)/playback", body: input, key: UUID().uuidString)
    }

    /// Grants what the App Store has sold: once, however often it is sent, under this key or another.
    func claim(signedTransaction: String) async throws -> PurchaseAnswer {
        let input = PurchaseInput(store: "apple", signedTransaction: signedTransaction)
        return try await call("POST", "/purchases", body: input, key: UUID().uuidString)
    }

    // MARK: What holds for every call

    /// One call. A 401 is answered by a fresh token, once; what may pass is tried again after a pause,
    /// where that is safe: a GET, or a call with an Idempotency-Key, which stays the same.
    private func call<Answer: Decodable>(
        _ method: String, _ path: String, query: [URLQueryItem] = [], body: (any Encodable)? = nil,
        key: String? = nil, signedIn: Bool = true
    ) async throws -> Answer {
        var request = URLRequest(url: address(path, query))
        request.httpMethod = method
        request.setValue(key, forHTTPHeaderField: "Idempotency-Key")
        if let body {
            request.httpBody = try encoder.encode(body)
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        }
        var refused: String?
        var pauses: [UInt64] = method == "GET" || key != nil ? [500, 2_000, 5_000] : []
        while true {
            let token = signedIn ? try await session(refused: refused).accessToken : nil
            if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
            do {
                return try await answer(to: request)
            } catch let problem as ProblemDocument where problem.status == 401 && signedIn && refused == nil {
                refused = token
            } catch where mayPass(error) && !pauses.isEmpty {
                try await Task.sleep(nanoseconds: pauses.removeFirst() * 1_000_000)
            }
        }
    }

    private func answer<Answer: Decodable>(to request: URLRequest) async throws -> Answer {
        let (data, response) = try await urls.data(for: request)
        let status = (response as? HTTPURLResponse)?.statusCode ?? 0
        if (200..<300).contains(status) { return try decoder.decode(Answer.self, from: data) }
        if let problem = try? decoder.decode(ProblemDocument.self, from: data) { throw problem }
        // The gateway's own refusals have no code.
        throw ProblemDocument(status: status, code: "", detail: "HTTP \(status)", price: nil, balance: nil)
    }

    private func mayPass(_ error: Error) -> Bool {
        if let problem = error as? ProblemDocument { return problem.status == 429 || problem.status >= 500 }
        return error is URLError
    }

    private func address(_ path: String, _ query: [URLQueryItem]) -> URL {
        var parts = URLComponents(url: root, resolvingAgainstBaseURL: false)!
        parts.path += path
        if !query.isEmpty { parts.queryItems = query }
        return parts.url!
    }

    // MARK: The session

    /// A session that should work. `refused` is an access token that the API has just turned down.
    private func session(refused: String? = nil) async throws -> StoredSession {
        if let renewal { return try await renewal.value } // one renewal, however many calls wait for it
        if let kept = vault.load(), kept.accessToken != refused, kept.endsAt > Date() { return kept }
        let task = Task { try await renewed() }
        renewal = task
        defer { renewal = nil }
        return try await task.value
    }

    private func renewed() async throws -> StoredSession {
        if var kept = vault.load() {
            do {
                let input = RefreshInput(refreshToken: kept.refreshToken)
                let fresh: Session = try await call("POST", "/sessions/refresh", body: input, signedIn: false)
                kept.accessToken = fresh.accessToken
                kept.endsAt = end(after: fresh.expiresIn)
                vault.save(kept)
                return kept
            } catch let problem as ProblemDocument where problem.code == "refresh_refused" {
                vault.save(nil) // the account is gone: start again as a guest
            }
        }
        let guest: Guest = try await call("POST", "/guests", signedIn: false)
        let made = StoredSession(
            viewerId: guest.viewerId, refreshToken: guest.refreshToken,
            accessToken: guest.accessToken, endsAt: end(after: guest.expiresIn))
        vault.save(made)
        return made
    }

    /// A little early, so that no call starts with a token that ends on its way.
    private func end(after seconds: Int) -> Date {
        Date().addingTimeInterval(TimeInterval(seconds - 30))
    }

    private var encoder: JSONEncoder {
        let made = JSONEncoder()
        made.keyEncodingStrategy = .convertToSnakeCase
        return made
    }

    private var decoder: JSONDecoder {
        let made = JSONDecoder()
        made.keyDecodingStrategy = .convertFromSnakeCase
        made.dateDecodingStrategy = .custom { decoder in
            let text = try decoder.singleValueContainer().decode(String.self)
            let format = ISO8601DateFormatter()
            format.formatOptions = [.withInternetDateTime]
            if let date = format.date(from: text) { return date }
            format.formatOptions.insert(.withFractionalSeconds)
            if let date = format.date(from: text) { return date }
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "no time: \(text)"))
        }
        return made
    }
}
