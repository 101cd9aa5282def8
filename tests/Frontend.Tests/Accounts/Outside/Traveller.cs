using System.Net;
using Trove.Frontend.Tests.Host;

namespace Trove.Frontend.Tests.Accounts.Outside;

/// <summary>A browser that goes to a provider and comes back, step by step, with the cookies of its person.</summary>
internal sealed class Traveller : IDisposable
{
    private readonly TroveServer _server;
    private readonly HttpClient _http;

    public Traveller(TroveServer server, string email = "ann.quill@example.org")
        : this(server, new Person(server, email))
    {
    }

    public Traveller(TroveServer server, Person person)
    {
        (_server, Person) = (server, person);
        _http = new HttpClient(new HttpClientHandler { CookieContainer = person.Cookies, AllowAutoRedirect = false }) { BaseAddress = server.Address };
    }

    public Person Person { get; }

    /// <summary>Opens an address without going on where it leads.</summary>
    public Task<HttpResponseMessage> Open(Uri address) => _http.GetAsync(address);

    /// <summary>Opens a path here.</summary>
    public Task<HttpResponseMessage> Open(string path) => _http.GetAsync(new Uri(path, UriKind.Relative));

    /// <summary>Begins to sign in; the address of the provider.</summary>
    public async Task<Uri> Begin(string page = "/work", string provider = "acme") => await Location(Open($"/account/outside/{provider}?return={Uri.EscapeDataString(page)}"));

    /// <summary>Begins to link; the address of the provider.</summary>
    public async Task<Uri> BeginLink(string? password = Person.Password, string page = "/me", string provider = "acme") => new(
        (await Person.Expect(HttpStatusCode.OK, $"me/outside/{provider}", new Dictionary<string, string?>(StringComparer.Ordinal) { ["password"] = password, ["return"] = page })).GetProperty("location").GetString()!);

    /// <summary>Signs in at the provider; the address that it sends the browser back to.</summary>
    public async Task<Uri> Agree(Uri provider) => await Location(Open(provider));

    /// <summary>Comes back; the page that it ends on.</summary>
    public async Task<string> Arrive(Uri callback)
    {
        using var response = await Open(callback);
        Assert.True(response.StatusCode == HttpStatusCode.Found, $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        Assert.True(response.Headers.CacheControl?.NoStore);
        return response.Headers.Location!.OriginalString;
    }

    /// <summary>All of the way; the page that it ends on.</summary>
    public async Task<string> SignIn(string page = "/work", string provider = "acme") => await Arrive(await Agree(await Begin(page, provider)));

    /// <summary>All of the way; the page that it ends on.</summary>
    public async Task<string> Link(string? password = Person.Password) => await Arrive(await Agree(await BeginLink(password)));

    public async Task<bool> IsSignedIn() => (await Person.Get("me")).StatusCode == HttpStatusCode.OK;

    public void Dispose()
    {
        _http.Dispose();
        Person.Dispose();
    }

    private async Task<Uri> Location(Task<HttpResponseMessage> opening)
    {
        using var response = await opening;
        Assert.True(response.StatusCode == HttpStatusCode.Found, $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return new Uri(_server.Address, response.Headers.Location!);
    }
}
