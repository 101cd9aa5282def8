using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Trove.Contracts;
using Trove.Contracts.Accounts;
using Trove.Contracts.Projects;
using Trove.Frontend.Identity;
using Trove.Frontend.Tests.Host;
using Trove.Frontend.Tests.Hubs;

namespace Trove.Frontend.Tests.Accounts;

/// <summary>Many sign-ins at once while people label. The short form runs always; TROVE_LONG makes it a thousand.</summary>
public sealed class SignInLoadTests
{
    private const string Password = "correct horse battery staple";
    private static readonly int SignIns = Environment.GetEnvironmentVariable("TROVE_LONG") is null ? 60 : 1_000;

    [Fact]
    public async Task However_many_sign_in_at_once_answers_go_on_being_acknowledged_between_them()
    {
        await using var server = await TroveServer.Start(null, "--Trove:SignInsPerMinute=0", "--Trove:AddressRequestsPerMinute=0", "--Trove:HubMessagesPerSecond=0");
        await Publish(server);
        await MakePeople(server);
        await using var worker = await RawHub.Connect(server, "/hubs/work", "ann");
        using var end = new CancellationTokenSource();
        var labels = new Counter();
        var working = Work(worker, labels, end.Token);
        var queue = server.Services.GetRequiredService<HashQueue>();
        var (hashes, marks) = (queue.Hashes, new List<long>());
        using var browser = new HttpClient(new SocketsHttpHandler { UseCookies = false, MaxConnectionsPerServer = SignIns }) { BaseAddress = server.Address };

        var signingIn = Enumerable.Range(0, SignIns).Select(i => SignIn(browser, i)).ToList();
        while (signingIn.Count > 0)
        {
            signingIn.Remove(await await Task.WhenAny(signingIn.Select(async one =>
            {
                await one;
                return one;
            })));
            marks.Add(labels.Value);
        }

        await end.CancelAsync();
        await working;

        // Whoever is refused because too many wait has cost no hash, and comes again.
        Assert.Equal(SignIns, queue.Hashes - hashes);
        for (var tenth = 1; tenth < 10; tenth++)
        {
            var (from, to) = (marks[SignIns * tenth / 10], marks[(SignIns * (tenth + 1) / 10) - 1]);
            Assert.True(to > from, $"No answer was acknowledged in the {tenth + 1}. tenth of the sign-ins: {string.Join(' ', marks)}");
        }
    }

    private static async Task Publish(TroveServer server)
    {
        using var developer = server.Client();
        (await developer.PostAsJsonAsync("/api/v1/projects", new
        {
            project = "p",
            brief = new { title = "P", purpose = "To test.", question = "Is it?", schema = new { kind = "yesNo" }, redundancy = new { kind = "fixed", minimum = 1, maximum = 1 }, handOut = new HandOut(Stint: 0) },
        })).EnsureSuccessStatusCode();
        using var import = new HttpRequestMessage(HttpMethod.Post, "/api/v1/projects/p/tasks")
        {
            Content = new StringContent(string.Join('\n', Enumerable.Range(0, 100_000).Select(i => $$"""{"id":"t{{i}}","text":"?"}""")), Encoding.UTF8, "application/x-ndjson"),
        };
        import.Headers.Add("Idempotency-Key", "all");
        (await developer.SendAsync(import)).EnsureSuccessStatusCode();
        (await developer.PostAsync("/api/v1/projects/p/publish", null)).EnsureSuccessStatusCode();
    }

    /// <summary>People with one password, hashed once: that they have accounts is not what is measured.</summary>
    private static async Task MakePeople(TroveServer server)
    {
        var (grains, emails) = (server.Services.GetRequiredService<IGrainFactory>(), server.Services.GetRequiredService<EmailKeys>());
        var hash = (await server.Services.GetRequiredService<Passwords>().Make(Password)).Value!;
        for (var i = 0; i < SignIns; i++)
        {
            var (by, address) = (new Actor($"person{i}"), $"person{i}@example.org");
            Assert.True(await grains.GetGrain<IEmailGrain>(emails.Of(address)).Claim(by.Account));
            Assert.Null((await grains.GetGrain<IAccountGrain>(by.Account).Create(by, new Account(
                by.Account, 0, $"c{i}", address, EmailConfirmed: true, "Person", hash, "stamp", TwoFactor: false, null, [], [], [], default, [], EmailKey: emails.Of(address)))).Problem);
        }
    }

    private static async Task SignIn(HttpClient browser, int person)
    {
        while (true)
        {
            using var answer = await browser.PostAsJsonAsync("/api/v1/account/sign-in", new { email = $"person{person}@example.org", password = Password });
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                return;
            }

            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.NotNull(answer.Headers.RetryAfter);
            await Task.Yield();
        }
    }

    private static async Task Work(RawHub worker, Counter labels, CancellationToken end)
    {
        var joined = await worker.Invoke("Join", """{"projects":[{"project":"p"}]}""");
        Assert.True(joined.TryGetProperty("result", out _));
        var offers = new Queue<string>();
        Take((await worker.NextPush()).Argument);
        while (!end.IsCancellationRequested)
        {
            if (!offers.TryDequeue(out var token))
            {
                var (target, pushed) = await worker.NextPush();
                if (target == "Offer")
                {
                    Take(pushed);
                }

                continue;
            }

            var said = (await worker.Invoke("Submit", $$"""{"token":"{{token}}","values":["yes"]}""")).GetProperty("result");
            Assert.Equal("accepted", said.GetProperty("status").GetString());
            labels.Add();
            Take(said.GetProperty("offers"));
        }

        void Take(JsonElement some)
        {
            foreach (var offer in some.EnumerateArray())
            {
                offers.Enqueue(offer.GetProperty("token").GetString()!);
            }
        }
    }

    private sealed class Counter
    {
        private long _value;

        public long Value => Interlocked.Read(ref _value);

        public void Add() => Interlocked.Increment(ref _value);
    }
}
