using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Trove.Client.Connections;
using Trove.Contracts.Accounts;

namespace Trove.Client.Accounts;

/// <summary>
/// A person at a Trove server: signing up, signing in, and what only a signed-in person may do. Everything else is <see cref="TroveClient"/>'s, with a key that is made here.
/// Every refusal is a <see cref="RefusedException"/> with the server's own words.
/// </summary>
public sealed class AccountSession : IDisposable
{
    private readonly HttpClient _http;
    private readonly Rest _rest;

    /// <summary>Nobody yet, at a server.</summary>
    public AccountSession(Uri server)
    {
        Server = server;
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, CookieContainer = new CookieContainer() }) { BaseAddress = new Uri(server, "api/v1/") };
        _rest = new Rest(_http);
    }

    /// <summary>Address of the server.</summary>
    public Uri Server { get; }

    /// <summary>Signs up. The server answers the same whether it knows the address or not, and mails a code for <see cref="ConfirmAsync"/>, or a notice.</summary>
    public Task SignUpAsync(string email, string name, string password, CancellationToken cancellation = default) =>
        _rest.SendAsync(HttpMethod.Post, "account/sign-up", JsonContent.Create(new SignUp(email, name, password), TroveJson.Default.SignUp), cancellation);

    /// <summary>Confirms the address by the code that was mailed to it.</summary>
    public Task ConfirmAsync(string code, CancellationToken cancellation = default) =>
        _rest.SendAsync(HttpMethod.Post, "account/confirm", JsonContent.Create(new MailedCode(code), TroveJson.Default.MailedCode), cancellation);

    /// <summary>Has a code mailed with which <see cref="ResetAsync"/> takes a new password, if there is such an account.</summary>
    public Task ForgottenAsync(string email, CancellationToken cancellation = default) =>
        _rest.SendAsync(HttpMethod.Post, "account/forgotten", JsonContent.Create(new Forgotten(email), TroveJson.Default.Forgotten), cancellation);

    /// <summary>Takes a new password for the code that was mailed; every session ends.</summary>
    public Task ResetAsync(string code, string password, CancellationToken cancellation = default) =>
        _rest.SendAsync(HttpMethod.Post, "account/reset", JsonContent.Create(new Reset(code, password), TroveJson.Default.Reset), cancellation);

    /// <summary>Signs in.</summary>
    /// <param name="email">Address.</param>
    /// <param name="password">Password.</param>
    /// <param name="secondFactor">Asked for a code of the authenticator app when the account wants one.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task SignInAsync(string email, string password, Func<Task<string>> secondFactor, CancellationToken cancellation = default)
    {
        var signedIn = await _rest.SendAsync(
            HttpMethod.Post, "account/sign-in", JsonContent.Create(new SignIn(email, password), TroveJson.Default.SignIn), TroveJson.Default.SignedIn, cancellation);
        if (signedIn.SecondFactor is { } ticket)
        {
            await _rest.SendAsync(
                HttpMethod.Post, "account/second-factor", JsonContent.Create(new SecondFactor(ticket, await secondFactor()), TroveJson.Default.SecondFactor), cancellation);
        }

        // Whatever is changed in this session carries the token that only who reads this answer can have.
        var token = await _rest.SendAsync(HttpMethod.Get, "account/antiforgery", content: null, TroveJson.Default.AntiforgeryToken, cancellation);
        _http.DefaultRequestHeaders.Remove("Trove-Csrf");
        _http.DefaultRequestHeaders.Add("Trove-Csrf", token.Token);
    }

    /// <summary>Ends the session.</summary>
    public Task SignOutAsync(CancellationToken cancellation = default) => _rest.SendAsync(HttpMethod.Post, "account/sign-out", content: null, cancellation);

    /// <summary>Makes this person a developer, where the server leaves that open.</summary>
    public Task BecomeDeveloperAsync(CancellationToken cancellation = default) => _rest.SendAsync(HttpMethod.Post, "me/developer", content: null, cancellation);

    /// <summary>Makes an API key; it is shown this once.</summary>
    /// <param name="name">What its owner calls it.</param>
    /// <param name="scopes">What it may do.</param>
    /// <param name="days">Its life, 1 to 366.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<NewApiKeyView> MakeKeyAsync(string name, ImmutableArray<Scopes> scopes, int days, CancellationToken cancellation = default) =>
        _rest.SendAsync(HttpMethod.Post, "me/keys", JsonContent.Create(new KeyRequest(name, scopes, days), TroveJson.Default.KeyRequest), TroveJson.Default.NewApiKeyView, cancellation);

    /// <summary>Writes everything that the server keeps of the person, one JSON document, to a stream as it comes.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="progress">Told how much of it is there, 0 to 1.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="HttpRequestException">It ended in the middle; what was written is not whole.</exception>
    public async Task ExportAsync(Stream to, Action<double> progress, CancellationToken cancellation = default)
    {
        using var response = await _http.GetAsync(new Uri("me/export", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancellation);
        await Rest.CheckAsync(response, cancellation);

        // A ledger entry is a line, and there are hardly any others.
        var lines = response.Headers.TryGetValues("Trove-Ledger-Entries", out var values) && long.TryParse(values.First(), CultureInfo.InvariantCulture, out var entries) ? Math.Max(1, entries) : 1;
        var read = 0L;
        await using var from = await response.Content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[64 * 1024];
        for (var length = await from.ReadAsync(buffer, cancellation); length > 0; length = await from.ReadAsync(buffer, cancellation))
        {
            await to.WriteAsync(buffer.AsMemory(0, length), cancellation);
            read += buffer.AsSpan(0, length).Count((byte)'\n');
            progress(Math.Min(1, (double)read / lines));
        }
    }

    /// <summary>Erases the person, for good.</summary>
    /// <param name="password">Proves who asks.</param>
    /// <param name="closeProjects">Whether projects that nobody else owns are closed; else they are a reason to refuse.</param>
    /// <param name="cancellation">Gives up waiting; what has begun goes on.</param>
    /// <returns>Whether nothing is left already. If not, it has begun, and the server finishes it by itself.</returns>
    public async Task<bool> EraseAsync(string password, bool closeProjects, CancellationToken cancellation = default)
    {
        using var body = JsonContent.Create(new EraseRequest(password, closeProjects), TroveJson.Default.EraseRequest);
        using var response = await _http.PostAsync(new Uri("me/erase", UriKind.Relative), body, cancellation);
        await Rest.CheckAsync(response, cancellation);
        return response.StatusCode == HttpStatusCode.NoContent;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
