using Trove.Contracts.Contributors;
using Trove.Frontend.Intake;

namespace Trove.Frontend.Contributors;

internal static class OfferLinks
{
    /// <summary>The offers as a client can use them: the grain names a picture by its hash, the client gets an address.</summary>
    public static ImmutableArray<Offer> Address(this ImageLinks links, ImmutableArray<Offer> offers) =>
        offers.OrEmpty().Any(static offer => offer.Image is not null)
            ? [.. offers.Select(offer => offer.Image is null ? offer : offer with { Image = links.Sign(offer.Project, offer.Image) })]
            : offers.OrEmpty();
}
