// Buying with Play Billing (billing-ktx 7). The store sells, our answer grants, and the server then consumes
// or acknowledges the purchase at Google. So the app does neither; what was not claimed is claimed at the
// next start, within the three days after which Google gives the money back.
package dev.cliffhanger.samples

import android.app.Activity
import android.content.Context
import com.android.billingclient.api.BillingClient
import com.android.billingclient.api.BillingClient.BillingResponseCode
import com.android.billingclient.api.BillingClientStateListener
import com.android.billingclient.api.BillingFlowParams
import com.android.billingclient.api.BillingFlowParams.ProductDetailsParams
import com.android.billingclient.api.BillingResult
import com.android.billingclient.api.PendingPurchasesParams
import com.android.billingclient.api.ProductDetails
import com.android.billingclient.api.Purchase
import com.android.billingclient.api.QueryPurchasesParams
import com.android.billingclient.api.queryPurchasesAsync
import java.io.IOException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.launch

/**
 * @param scope lives as long as the app, not as long as a screen.
 * @param onClaim gets the wallet, or what went wrong, whenever a purchase was sent.
 */
class CoinShop(
    context: Context,
    private val api: CliffhangerApi,
    private val scope: CoroutineScope,
    private val onClaim: (Result<Balance>) -> Unit,
) {
    private val billing = BillingClient.newBuilder(context)
        .enablePendingPurchases(PendingPurchasesParams.newBuilder().enableOneTimeProducts().build())
        .setListener { result, purchases ->
            if (result.responseCode == BillingResponseCode.OK) purchases.orEmpty().forEach(::claimSoon)
        }
        .build()

    /** Call it when the app starts: claims what is left from last time. */
    fun start() {
        billing.startConnection(object : BillingClientStateListener {
            override fun onBillingSetupFinished(result: BillingResult) {
                if (result.responseCode == BillingResponseCode.OK) scope.launch { claimWhatIsLeft() }
            }

            override fun onBillingServiceDisconnected() = Unit // the next start connects again
        })
    }

    /** Shows Google's sheet. What was bought comes to the listener. [offerToken] is of a subscription. */
    suspend fun buy(activity: Activity, product: ProductDetails, offerToken: String? = null): BillingResult {
        val bought = ProductDetailsParams.newBuilder().setProductDetails(product)
            .apply { offerToken?.let(::setOfferToken) }
            .build()
        val flow = BillingFlowParams.newBuilder()
            .setProductDetailsParamsList(listOf(bought))
            .setObfuscatedAccountId(api.viewerId()) // whom the purchase is for
            .build()
        return billing.launchBillingFlow(activity, flow)
    }

    private suspend fun claimWhatIsLeft() {
        for (kind in listOf(BillingClient.ProductType.INAPP, BillingClient.ProductType.SUBS)) {
            val asked = QueryPurchasesParams.newBuilder().setProductType(kind).build()
            billing.queryPurchasesAsync(asked).purchasesList.forEach { claim(it) }
        }
    }

    private fun claimSoon(purchase: Purchase) {
        scope.launch { claim(purchase) }
    }

    /** Sends one purchase. A pending one is not paid yet: Google tells the listener when it is. */
    private suspend fun claim(purchase: Purchase) {
        if (purchase.purchaseState != Purchase.PurchaseState.PURCHASED) return
        try {
            val answer = api.claim(purchase.products.first(), purchase.purchaseToken)
            onClaim(Result.success(answer.wallet))
        } catch (refusal: Refused) {
            if (refusal.problem.code == "purchase_of_another_viewer") return // its own viewer has it
            onClaim(Result.failure(refusal))
        } catch (failure: IOException) {
            onClaim(Result.failure(failure)) // it comes again at the next start
        }
    }
}
