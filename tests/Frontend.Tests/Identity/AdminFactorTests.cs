using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans;
using Trove.Contracts;
using Trove.Contracts.Accounts;
using Trove.Frontend.Tests.Host;

namespace Trove.Frontend.Tests.Identity;

public sealed class AdminFactorTests
{
    [Fact]
    public async Task Where_it_is_demanded_an_admin_without_a_second_factor_acts_as_none_and_the_log_says_so()
    {
        await using var server = await TroveServer.Start(null, "--Trove:AdminsNeedSecondFactor=true");
        var people = new People(server);
        await people.Make("boss", Role.Admin);
        await people.MakeKey("key", "boss", Scopes.Read | Scopes.Admin);
        Assert.Contains("second-factor-needed", await Search(server, people, "boss", HttpStatusCode.Forbidden), StringComparison.Ordinal);
        Assert.Contains("second-factor-needed", await Search(server, people, "key", HttpStatusCode.Forbidden), StringComparison.Ordinal);
        Assert.Contains(server.Log.AtLeast(LogLevel.Information), line => line.StartsWith("Account of-boss was refused (second-factor-needed) at GET /api/v1/audit", StringComparison.Ordinal));

        var account = server.Services.GetRequiredService<IGrainFactory>().GetGrain<IAccountGrain>(People.Account("boss"));
        Assert.Null((await account.Update(new Actor("of-boss"), (await account.Read()).Value! with { TwoFactor = true })).Problem);
        await Search(server, people, "boss", HttpStatusCode.OK);
        await Search(server, people, "key", HttpStatusCode.OK);
    }

    private static async Task<string> Search(TroveServer server, People people, string who, HttpStatusCode expected)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = server.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/audit");
        foreach (var (name, value) in await people.Brings(who))
        {
            request.Headers.Add(name, value);
        }

        using var response = await client.SendAsync(request);
        Assert.Equal(expected, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }
}
