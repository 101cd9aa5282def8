using Trove.Contracts;
using Trove.Contracts.Accounts;

namespace Trove.Grains.Tests.Accounts;

/// <summary>A person who signs up, for tests.</summary>
internal static class Someone
{
    public static readonly Actor By = new("a1", From: "203.0.113.0/24");

    /// <summary>A sign-up; another <paramref name="contributor"/> is another one.</summary>
    public static Account New(string contributor = "c1", string id = "a1") => new(
        id, 0, contributor, "ann@example.org", EmailConfirmed: false, "Ann", "hash-1", "stamp-1", TwoFactor: false, null, [], [], [], default, [], EmailKey: "key-of-ann");
}
