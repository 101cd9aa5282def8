using Trove.Contracts.Accounts;

namespace Trove.Frontend.Tests.Host;

/// <summary>There is an admin.</summary>
internal sealed class ClosedDoor : IFirstAdminGrain
{
    public Task<bool> IsOpen() => Task.FromResult(false);

    public Task<string?> Fix(string account) => Task.FromResult<string?>(null);

    public Task Close() => Task.CompletedTask;
}
