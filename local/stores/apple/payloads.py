"""Records in Apple's words: the payloads that are signed. What is None is left out."""

from typing import Any

from local.stores.apple.records import Environment, Line, Transaction

KINDS = {
    "consumable": "Consumable",
    "non_consumable": "Non-Consumable",
    "non_renewing": "Non-Renewing Subscription",
    "auto_renewable": "Auto-Renewable Subscription",
}


def transaction(one: Transaction, bundle_id: str, signed_at: int) -> dict[str, Any]:
    """Return a JWSTransactionDecodedPayload."""
    return {
        "transactionId": one.id,
        "originalTransactionId": one.original_id,
        "webOrderLineItemId": f"1{one.id}" if one.group else None,
        "bundleId": bundle_id,
        "productId": one.product_id,
        "subscriptionGroupIdentifier": one.group,
        "purchaseDate": one.purchased_at,
        "originalPurchaseDate": one.first_purchased_at,
        "expiresDate": one.expires_at,
        "quantity": one.quantity,
        "type": KINDS[one.kind],
        "appAccountToken": one.account_token,
        "inAppOwnershipType": "FAMILY_SHARED" if one.is_family_shared else "PURCHASED",
        "signedDate": signed_at,
        "revocationReason": one.revocation_reason,
        "revocationDate": one.revoked_at,
        "revocationType": one.revocation_type,
        "revocationPercentage": one.revocation_percentage,
        "isUpgraded": one.is_upgraded or None,
        "offerType": one.offer_type,
        "offerDiscountType": one.offer_discount_type,
        "environment": one.environment,
        "transactionReason": "RENEWAL" if one.is_renewal else "PURCHASE",
        "storefront": one.storefront,
        "storefrontId": "143441",
        "price": one.price,
        "currency": one.currency,
    }


def renewal(line: Line, latest: Transaction, signed_at: int) -> dict[str, Any]:
    """Return a JWSRenewalInfoDecodedPayload."""
    upcoming = line.next_plan or line.plan
    return {
        "originalTransactionId": line.id,
        "autoRenewProductId": upcoming.product_id,
        "productId": latest.product_id,
        "autoRenewStatus": int(line.auto_renews),
        "renewalPrice": upcoming.price if line.auto_renews else None,
        "currency": latest.currency if line.auto_renews else None,
        "signedDate": signed_at,
        "environment": latest.environment,
        "recentSubscriptionStartDate": latest.first_purchased_at,
        "renewalDate": latest.expires_at if line.auto_renews else None,
        "isInBillingRetryPeriod": True if line.retrying_since else None,
        "gracePeriodExpiresDate": line.grace_until,
        "expirationIntent": line.expiration_intent or (2 if line.retrying_since else None),
        "appAccountToken": latest.account_token,
    }


def status(line: Line, latest: Transaction, now: int) -> int:
    """Return Apple's status: 1 active, 2 expired, 3 billing retry, 4 grace period, 5 revoked."""
    if latest.revoked_at:
        return 5
    if line.expiration_intent:
        return 2
    if line.retrying_since:
        return 4 if line.grace_until and now < line.grace_until else 3
    return 1 if (latest.expires_at or 0) > now else 2


def data(environment: Environment, bundle_id: str, app_apple_id: int) -> dict[str, Any]:
    """Return the start of a notification's `data`. The sandbox has no app id."""
    return {
        "environment": environment,
        "bundleId": bundle_id,
        "bundleVersion": "1",
        "appAppleId": app_apple_id if environment == "Production" else None,
    }
