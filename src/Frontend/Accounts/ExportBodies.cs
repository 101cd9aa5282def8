using Trove.Contracts.Accounts;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;

namespace Trove.Frontend.Accounts;

/// <summary>The account in an export. Of secrets it says that they are there; they stand nowhere but as hashes, or sealed, and prove nothing to their owner.</summary>
/// <param name="Account">Its opaque id, by which audit log and teams know the person.</param>
/// <param name="Contributor">The opaque id that answers and ledger carry.</param>
/// <param name="Email">Address.</param>
/// <param name="EmailConfirmed">Whether it was confirmed.</param>
/// <param name="EmailKey">What the address is found by: a keyed hash of it.</param>
/// <param name="Name">What the person wants to be called.</param>
/// <param name="Created">When.</param>
/// <param name="Roles">Beyond contributor.</param>
/// <param name="HasPassword">Whether a hash of a password is kept.</param>
/// <param name="TwoFactor">Whether a second factor is asked.</param>
/// <param name="HasAuthenticator">Whether a secret of an authenticator app is kept.</param>
/// <param name="RecoveryCodesLeft">Hashes of recovery codes that are kept.</param>
/// <param name="Logins">Outside identities.</param>
/// <param name="Keys">API keys, ended ones too; of each a hash is kept.</param>
public sealed record ExportedAccount(
    string Account,
    string Contributor,
    string Email,
    bool EmailConfirmed,
    string EmailKey,
    string Name,
    DateTimeOffset Created,
    IReadOnlyList<Role> Roles,
    bool HasPassword,
    bool TwoFactor,
    bool HasAuthenticator,
    int RecoveryCodesLeft,
    IReadOnlyList<OutsideLogin> Logins,
    IReadOnlyList<KeyLine> Keys)
{
    internal static ExportedAccount Of(Account account) => new(
        account.Id,
        account.Contributor,
        account.Email,
        account.EmailConfirmed,
        account.EmailKey,
        account.Name,
        account.Created,
        account.Roles.OrEmpty(),
        account.PasswordHash is not null,
        account.TwoFactor,
        account.AuthenticatorKey is not null,
        account.RecoveryCodes.OrEmpty().Length,
        account.Logins.OrEmpty(),
        [.. account.Keys.OrEmpty().Select(KeyLine.Of)]);
}

/// <summary>A team in an export.</summary>
/// <param name="Project">The project.</param>
/// <param name="Title">Of its brief.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Role">The person's role in its team.</param>
/// <param name="Owner">Whether the project names the person as its owner.</param>
public sealed record ExportedTeam(string Project, string Title, ProjectState State, TeamRole? Role, bool Owner);

/// <summary>Work of a task that is not closed, in an export.</summary>
public sealed record ExportedWork(string Task, TaskWork Work);

/// <summary>A ledger entry in an export, with the answer that it pays for.</summary>
public sealed record ExportedEntry(LedgerEntry Entry, CountedAnswer? Answer);

/// <summary>A wish to be erased.</summary>
/// <param name="Password">Proves who asks.</param>
/// <param name="CloseProjects">Whether projects that nobody else owns are closed.</param>
public sealed record EraseBody(string? Password, bool CloseProjects = false);
