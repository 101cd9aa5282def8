using System.Collections.Immutable;

namespace Trove.Contracts.Accounts;

/// <summary>
/// The erasures of persons that are under way, so that none is forgotten, whatever crashes. One grain, key <see cref="Key"/>. A frontend drives each of them: <see cref="Begin"/>, then
/// what lies outside the records (letters), <see cref="Erase"/>, then the bytes in the record file, <see cref="Complete"/>; from the beginning again after a failure, since every step may be repeated.
/// </summary>
[Alias("trove.IErasuresGrain")]
public interface IErasuresGrain : IGrainWithStringKey
{
    /// <summary>The only key.</summary>
    const string Key = "all";

    /// <summary>
    /// Makes the intent durable and closes the account. Answers with the account as it was; <c>account-unknown</c> when nothing is left of it.
    /// Refused, before anything happened, with <c>last-owner</c> when projects would be left without an owner and it was not said that they may be closed.
    /// </summary>
    [Alias("Begin")]
    Task<Result<Account>> Begin(Erasure erasure);

    /// <summary>Those that were begun and not completed, oldest first.</summary>
    [Alias("Pending"), ReadOnly]
    Task<ImmutableArray<Erasure>> Pending();

    /// <summary>Erases the records of a person whose erasure was begun; of any other, nothing.</summary>
    [Alias("Erase")]
    Task Erase(string account);

    /// <summary>Nothing is left to do.</summary>
    [Alias("Complete")]
    Task Complete(string account);
}

/// <summary>The wish of a person to be erased.</summary>
/// <param name="Account">Whose data are erased.</param>
/// <param name="By">Who asked.</param>
/// <param name="CloseProjects">Whether projects that have no other owner are closed; else they stand in the way.</param>
[GenerateSerializer, Immutable, Alias("trove.erasure")]
public sealed record Erasure([property: Id(0)] string Account, [property: Id(1)] Actor By, [property: Id(2)] bool CloseProjects);
