namespace Trove.Contracts.Accounts;

/// <summary>
/// Lets exactly one account become the first admin, whatever crashes and whoever races. One grain, key <see cref="Key"/>. The account's id is fixed here
/// before the account is created; who finds an id fixed goes on with that one, so that the account itself decides who was first.
/// </summary>
[Alias("trove.IFirstAdminGrain")]
public interface IFirstAdminGrain : IGrainWithStringKey
{
    /// <summary>The only key.</summary>
    const string Key = "all";

    /// <summary>Whether there was no admin yet.</summary>
    [Alias("IsOpen")]
    Task<bool> IsOpen();

    /// <summary>The id under which the first admin is to be created: <paramref name="account"/>, or what was fixed before. Null when there was one.</summary>
    [Alias("Fix")]
    Task<string?> Fix(string account);

    /// <summary>The account was created: closed for good.</summary>
    [Alias("Close")]
    Task Close();
}
