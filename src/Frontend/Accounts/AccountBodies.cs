using System.Globalization;
using Trove.Contracts.Accounts;
using Trove.Contracts.Guests;

namespace Trove.Frontend.Accounts;

/// <summary>A sign-up.</summary>
public sealed record SignUpBody(string? Email, string? Name, string? Password);

/// <summary>A code from a mail.</summary>
public sealed record CodeBody(string? Code);

/// <summary>A sign-in.</summary>
public sealed record SignInBody(string? Email, string? Password);

/// <summary>Answer to a password that is right: signed in, or asked for the second factor.</summary>
/// <param name="SecondFactor">What to send back with the code; null when nothing more is asked.</param>
/// <param name="HandedIn">What became of the answers given as a guest; null when there were none.</param>
public sealed record SignedIn(string? SecondFactor, HandInReport? HandedIn = null);

/// <summary>The second factor: a code of the app, or a recovery code.</summary>
public sealed record SecondFactorBody(string? SecondFactor, string? Code, string? RecoveryCode);

/// <summary>Whose password is forgotten.</summary>
public sealed record ForgottenBody(string? Email);

/// <summary>A new password, with the code from the mail.</summary>
public sealed record ResetBody(string? Code, string? Password);

/// <summary>The first admin.</summary>
/// <param name="Code">As printed at start.</param>
/// <param name="Email">Address, taken as confirmed.</param>
/// <param name="Name">What to be called.</param>
/// <param name="Password">Password.</param>
/// <param name="Key">Whether to make an API key with every scope too.</param>
public sealed record FirstAdminBody(string? Code, string? Email, string? Name, string? Password, bool Key = false);

/// <summary>The first admin as created.</summary>
/// <param name="Account">Id of the account.</param>
/// <param name="Key">An API key, when it was asked for. It is shown this once.</param>
public sealed record FirstAdminView(string Account, string? Key);

/// <summary>The token for the header <c>Trove-Csrf</c>.</summary>
public sealed record AntiforgeryToken(string Token);

/// <summary>Who is signed in.</summary>
public sealed record MeView(string Account, string Name, string Email, ImmutableArray<Role> Roles, bool TwoFactor, int RecoveryCodesLeft, DateTimeOffset Created);

/// <summary>A new name.</summary>
public sealed record NameBody(string? Name);

/// <summary>A new address. The password proves who asks.</summary>
public sealed record EmailBody(string? Email, string? Password);

/// <summary>A new password for the old one.</summary>
public sealed record PasswordBody(string? Password, string? NewPassword);

/// <summary>The password again, before something that matters.</summary>
public sealed record ProofBody(string? Password);

/// <summary>What the authenticator app needs.</summary>
public sealed record AuthenticatorView(string Secret, string Uri);

/// <summary>Recovery codes, each good once. They are shown this once.</summary>
public sealed record RecoveryCodesView(ImmutableArray<string> RecoveryCodes);

/// <summary>What people want to be called.</summary>
internal static class PersonNames
{
    private const int MaxLength = 80;

    /// <summary>What is said of another.</summary>
    public static readonly Problem Invalid = new("name-invalid", $"A name has 1 to {MaxLength} characters, none of them invisible.");

    public static bool TryRead(string? text, out string name)
    {
        name = text is { Length: <= 4 * MaxLength } ? text.Trim() : "";
        return name.Length is >= 1 and <= MaxLength && !name.Any(c =>
            char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.PrivateUse) && HasWholePairs(name);
    }

    // Half a surrogate pair could not be written as JSON.
    private static bool HasWholePairs(string name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsHighSurrogate(name[i]) && i + 1 < name.Length && char.IsLowSurrogate(name[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(name[i]))
            {
                return false;
            }
        }

        return true;
    }
}
