using System.Security.Cryptography;
using System.Text;
using Trove.Contracts.Accounts;
using Trove.Frontend.Auditing;
using Trove.Frontend.Hubs;
using Trove.Frontend.Identity;

namespace Trove.Frontend.Accounts;

/// <summary>
/// The way in for who runs this Trove, open until it was used once. Its code stands on the console of who started it, or in the settings; there is no password that
/// would be the same anywhere else.
/// </summary>
internal sealed class FirstAdmin(IConfiguration configuration, IServiceScopeFactory scopes, IGrainFactory grains, GrainCalls calls, ApiKeys keys, TimeProvider clock) : IHostedService
{
    /// <summary>Setting of a code that is to be used instead of a random one.</summary>
    public const string Setting = "Trove:FirstAdminCode";

    private static readonly Problem Refused = new("first-admin-refused", "That is not the code of this start, or the first admin was created already.");

    /// <summary>Keys made on the way are for a machine to go on with: it makes another in time.</summary>
    private static readonly TimeSpan KeyLife = TimeSpan.FromDays(30);

    private const int MinLength = 16; // 80 bits in base 32
    private const int MaxAttempts = 100;

    private string? _code;
    private int _attempts;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var given = configuration.Secret(Setting);
        if (given is { Length: > 0 and < MinLength })
        {
            throw new StartupException($"The setting {Setting} is too short: take at least {MinLength} random characters.");
        }

        if (given is { Length: > 0 })
        {
            _code = given;
        }
        else if (await calls.Run(Door, static door => door.IsOpen()))
        {
            // Not to the log: logs are kept, shipped and read by others.
            _code = RecoveryCodes.Make()[0];
            await Console.Out.WriteLineAsync($"No admin yet. Create the first with this code, good until the next start: {_code}");
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Creates the admin, once; of many at once, one.</summary>
    public async Task<Result<FirstAdminView>> Create(HttpContext http, FirstAdminBody body)
    {
        if (_code is not { } code || Interlocked.Increment(ref _attempts) > MaxAttempts || !IsSame(body.Code, code))
        {
            return Refused;
        }

        Interlocked.Exchange(ref _attempts, 0);
        if (!EmailAddress.TryRead(body.Email, out var address) || !PersonNames.TryRead(body.Name, out var name))
        {
            return PersonNames.TryRead(body.Name, out _) ? EmailAddress.Invalid : PersonNames.Invalid;
        }

        await using var scope = scopes.CreateAsyncScope();
        var hash = await scope.ServiceProvider.GetRequiredService<Passwords>().Make(body.Password, address, name);
        if (hash.Value is null)
        {
            return hash.Problem!;
        }

        var account = scope.ServiceProvider.GetRequiredService<SignUps>().New(address, name, hash.Value) with { EmailConfirmed = true, Roles = [Role.Developer, Role.Admin] };
        if (await calls.Run((Door, account.Id), static call => call.Door.Fix(call.Id)) is not { } id)
        {
            return Refused;
        }

        var user = new AccountUser(account with { Id = id });
        if (!(await scope.ServiceProvider.GetRequiredService<AccountStore>().CreateAsync(user, default)).Succeeded)
        {
            return Refused;
        }

        await calls.Run(Door, static async door =>
        {
            await door.Close();
            return true;
        });
        _code = null;
        return body.Key ? await WithKey(http.ActorOf(id)) : new FirstAdminView(id, null);
    }

    private IFirstAdminGrain Door => grains.GetGrain<IFirstAdminGrain>(IFirstAdminGrain.Key);

    private async Task<Result<FirstAdminView>> WithKey(Actor by)
    {
        var made = await keys.Make(by, "first admin", Scopes.Read | Scopes.Write | Scopes.Money | Scopes.Admin, clock.GetUtcNow() + KeyLife);
        return made.Value is { } key ? new FirstAdminView(by.Account, key.Key) : made.Problem!;
    }

    /// <summary>Hashes are compared, so that neither content nor length shows in the time.</summary>
    private static bool IsSame(string? text, string code) => CryptographicOperations.FixedTimeEquals(Hash(text ?? ""), Hash(code));

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text.Trim()));
}
