using Microsoft.AspNetCore.Identity;

namespace Trove.Frontend.Identity;

/// <summary>Hashes and checks passwords with Identity's own format, PBKDF2 with HMAC-SHA512, always in the <see cref="HashQueue"/>.</summary>
/// <param name="hasher">Identity's hasher; its iterations are set in <see cref="IdentitySetup"/>.</param>
/// <param name="queue">Where the work is done.</param>
internal sealed class Passwords(IPasswordHasher<AccountUser> hasher, HashQueue queue)
{
    /// <summary>Iterations, OWASP's least for PBKDF2-HMAC-SHA512 (Password Storage Cheat Sheet, 2023).</summary>
    public const int Iterations = 210_000;

    /// <summary>Checked in place of a hash that is not there, so that an unknown address costs what a known one does. Nobody knows its password.</summary>
    private readonly Lazy<string> _nobody = new(() => hasher.HashPassword(null!, Guid.NewGuid().ToString()));

    /// <summary>Hash of a new password, or why it will not do. <paramref name="words"/>: what others know of its owner.</summary>
    public Task<Result<string>> Make(string? password, params string?[] words)
    {
        if (PasswordRules.LengthRefusal(password) is { } refusal)
        {
            return Task.FromResult<Result<string>>(refusal);
        }

        return queue.Run<Result<string>>(() =>
        {
            if (PasswordRules.Refusal(password!, words) is { } weak)
            {
                return weak;
            }

            queue.Count();
            return hasher.HashPassword(null!, password!);
        });
    }

    /// <summary>A place for <see cref="Verify"/>.</summary>
    /// <exception cref="BusyException">Too many passwords wait already.</exception>
    public HashQueue.Place TakePlace() => queue.Take();

    /// <summary>Whether the password is the one of <paramref name="hash"/>; without a hash, the same work is done and the answer is no.</summary>
    /// <param name="place">Taken before the attempt was counted.</param>
    /// <param name="hash">What is kept, null when nothing is.</param>
    /// <param name="password">What was typed.</param>
    /// <returns>Not null when it is; with a better hash when the kept one is of older settings.</returns>
    public Task<Verified?> Verify(HashQueue.Place place, string? hash, string? password) => place.Run(() =>
    {
        queue.Count();
        var result = hasher.VerifyHashedPassword(null!, hash ?? _nobody.Value, password is { Length: <= PasswordRules.MaxLength } ? password : "");
        if (hash is null || result == PasswordVerificationResult.Failed)
        {
            return null;
        }

        return new Verified(result == PasswordVerificationResult.SuccessRehashNeeded ? hasher.HashPassword(null!, password!) : null);
    });
}

/// <summary>The password is the right one.</summary>
/// <param name="Better">The same password hashed by today's settings, if the kept hash is not.</param>
internal sealed record Verified(string? Better);
