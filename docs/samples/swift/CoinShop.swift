// Buying with StoreKit 2. The order matters: the store sells, our answer grants, and only then is the
// transaction finished. An app that dies in between finds it among the unfinished ones at its next start.
import Foundation
import StoreKit

@MainActor
final class CoinShop {
    private let api: CliffhangerAPI
    private var updates: Task<Void, Never>?

    /// Called with the wallet, or with what went wrong, whenever a transaction was sent.
    var onClaim: (Result<Balance, Error>) -> Void = { _ in }

    init(api: CliffhangerAPI) {
        self.api = api
    }

    /// Call it when the app starts: claims what is left from last time, and what comes from elsewhere,
    /// such as a renewal, or a purchase that a parent has approved.
    func start() {
        updates = Task { [weak self] in
            for await unfinished in Transaction.unfinished { await self?.claim(unfinished) }
            for await update in Transaction.updates { await self?.claim(update) }
        }
    }

    func stop() {
        updates?.cancel()
    }

    /// Buys a product for this viewer. Returns false when the viewer gave up, or has to wait.
    func buy(_ product: Product) async throws -> Bool {
        let viewerId = try await api.viewerId()
        guard let account = UUID(viewerId: viewerId) else { throw URLError(.cannotParseResponse) }
        switch try await product.purchase(options: [.appAccountToken(account)]) {
        case .success(let result):
            await claim(result)
            return true
        case .pending, .userCancelled:
            return false
        @unknown default:
            return false
        }
    }

    /// Sends one transaction and finishes it after the answer. The server verifies it: what this device
    /// thinks of its signature does not count.
    private func claim(_ result: VerificationResult<Transaction>) async {
        do {
            let answer = try await api.claim(signedTransaction: result.jwsRepresentation)
            await result.unsafePayloadValue.finish()
            onClaim(.success(answer.wallet))
        } catch let problem as ProblemDocument where problem.code == "purchase_of_another_viewer" {
            onClaim(.failure(problem)) // final for this viewer; its own viewer is granted it
        } catch {
            onClaim(.failure(error)) // it stays unfinished, and comes again at the next start
        }
    }
}

extension UUID {
    /// The account that a purchase is for: the viewer's ULID, whose 128 bits are the UUID's.
    init?(viewerId: String) {
        let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ") // Crockford's base 32
        let letters = viewerId.dropFirst(4)
        guard viewerId.hasPrefix("vwr_"), letters.count == 26 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 16)
        for letter in letters {
            guard var carry = alphabet.firstIndex(of: letter) else { return nil }
            for place in bytes.indices.reversed() { // all of it times 32, plus the letter
                let sum = (Int(bytes[place]) << 5) + carry
                bytes[place] = UInt8(sum & 0xFF)
                carry = sum >> 8
            }
        }
        self = NSUUID(uuidBytes: bytes) as UUID
    }
}
