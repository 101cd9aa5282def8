using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Trove.Frontend.Identity;
using Trove.Frontend.Tests.Host;

namespace Trove.Frontend.Tests.Accounts;

/// <summary>Somebody with a browser: cookies, the token that pages of ours carry, and an inbox.</summary>
internal sealed class Person : IDisposable
{
    public const string Password = "lantern otter vivid ledge";

    private readonly TroveServer _server;
    private readonly HttpClient _http;

    public Person(TroveServer server, string email = "ann.quill@example.org")
    {
        _server = server;
        Email = email;
        Cookies = new CookieContainer();
        _http = new HttpClient(new HttpClientHandler { CookieContainer = Cookies }) { BaseAddress = server.Address };
    }

    public string Email { get; }

    public string Name { get; } = "Annabel Quillfeather";

    public CookieContainer Cookies { get; }

    public Cookie? Session => Cookies.GetCookies(_server.Address)["trove"];

    /// <summary>A person who has an account and is signed in.</summary>
    public static async Task<Person> SignedIn(TroveServer server, string email = "ann.quill@example.org")
    {
        var person = new Person(server, email);
        await person.Expect(HttpStatusCode.Accepted, "account/sign-up", new { email, name = person.Name, password = Password });
        await person.Expect(HttpStatusCode.NoContent, "account/confirm", new { code = person.MailedCode() });
        await person.SignIn();
        return person;
    }

    public async Task SignIn(string password = Password) => await Expect(HttpStatusCode.OK, "account/sign-in", new { email = Email, password });

    /// <summary>Posts as a page of ours would.</summary>
    public async Task<HttpResponseMessage> Send(string path, object body, HttpMethod? method = null, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, $"api/v1/{path}") { Content = JsonContent.Create(body) };
        if (Session is not null)
        {
            var token = await _http.GetFromJsonAsync<JsonElement>("api/v1/account/antiforgery");
            request.Headers.Add(CrossSite.Header, token.GetProperty("token").GetString());
        }

        change?.Invoke(request);
        return await _http.SendAsync(request);
    }

    public async Task<JsonElement> Expect(HttpStatusCode status, string path, object body, HttpMethod? method = null)
    {
        using var response = await Send(path, body, method);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, $"{path} answered {(int)response.StatusCode}: {text}");
        return text.Length > 0 ? JsonDocument.Parse(text).RootElement : default;
    }

    /// <summary>Sends what is refused; the answer is problem details with this code and nothing of the inside.</summary>
    public async Task<HttpStatusCode> Refused(string code, string path, object body, HttpMethod? method = null, Action<HttpRequestMessage>? change = null)
    {
        using var response = await Send(path, body, method, change);
        await AssertProblem(code, response);
        return response.StatusCode;
    }

    public static async Task AssertProblem(string code, HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.Content.Headers.ContentType?.MediaType == "application/problem+json", $"{(int)response.StatusCode}: {text}");
        Assert.InRange((int)response.StatusCode, 400, 499);
        Assert.Equal(code, JsonDocument.Parse(text).RootElement.GetProperty("code").GetString());
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
    }

    public Task<HttpResponseMessage> Get(string path) => _http.GetAsync($"api/v1/{path}");

    public async Task<JsonElement> Me() => await _http.GetFromJsonAsync<JsonElement>("api/v1/me");

    /// <summary>Letters to this person, oldest first.</summary>
    public IReadOnlyList<string> Inbox(string? address = null) => Letters(_server, address ?? Email);

    public static IReadOnlyList<string> Letters(TroveServer server, string address) =>
        [.. Directory.EnumerateFiles(Path.Combine(server.DataFolder, "mail"), "*.eml").Order(StringComparer.Ordinal)
            .Select(File.ReadAllText).Where(text => text.Contains($"To: {address}\r\n", StringComparison.Ordinal))];

    /// <summary>The code in the newest letter.</summary>
    public string MailedCode(string? address = null) => CodeOf(Inbox(address)[^1]);

    public static string CodeOf(string letter) => letter.Split("\r\n").Single(line => line.Contains('.') && line.Length > 60 && !line.Contains(' '));

    /// <summary>What an authenticator app with this secret shows <paramref name="steps"/> half minutes from now. Written from RFC 6238, not from the product.</summary>
    public static string AppCode(string secret, DateTimeOffset at, int steps = 0)
    {
        var bits = string.Concat(secret.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        var key = bits.Chunk(8).Where(chunk => chunk.Length == 8).Select(chunk => Convert.ToByte(new string(chunk), 2)).ToArray();
        var counter = BitConverter.GetBytes((at.ToUnixTimeSeconds() / 30) + steps);
        Array.Reverse(counter);
        var mac = System.Security.Cryptography.HMACSHA1.HashData(key, counter);
        var offset = mac[19] & 15;
        var number = ((mac[offset] & 127) << 24) | (mac[offset + 1] << 16) | (mac[offset + 2] << 8) | mac[offset + 3];
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    public void Dispose() => _http.Dispose();
}
