using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Trove.Frontend.Identity.Outside;

/// <summary>What the discovery document of a provider says, as far as it is used.</summary>
/// <param name="Issuer">Exactly as tokens name it.</param>
/// <param name="Authorization">Where people are sent.</param>
/// <param name="Token">Where codes are redeemed.</param>
/// <param name="Keys">Where its key set is.</param>
/// <param name="TakesBasic">Whether the client's secret goes into the header, which is the default of the standard, or into the form.</param>
internal sealed record ProviderMetadata(string Issuer, string Authorization, string Token, string Keys, bool TakesBasic);

/// <summary>
/// One provider as it is asked over the back channel. Answers are bounded in size and time, redirects are not followed, and whatever else goes wrong is a
/// <see cref="ProviderException"/>. Nothing is asked before somebody wants to sign in there.
/// </summary>
internal sealed class OutsideProvider : IDisposable
{
    private const int LongestAnswer = 256 * 1024;

    /// <summary>How long its document and its keys are kept. Longer: a key that it withdrew is believed longer.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    /// <summary>A key that is not known may be a new one; but only so often is that looked up.</summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(1);

    private readonly HttpClient _http;
    private readonly Fetched<ProviderMetadata> _metadata;
    private readonly Fetched<ImmutableArray<SigningKey>> _keys;

    public OutsideProvider(OutsideSettings settings, TimeProvider clock)
    {
        Settings = settings;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            Timeout = settings.Patience,
            MaxResponseContentBufferSize = LongestAnswer,
        };
        _metadata = new Fetched<ProviderMetadata>(FetchMetadata, clock);
        _keys = new Fetched<ImmutableArray<SigningKey>>(FetchKeys, clock);
    }

    public OutsideSettings Settings { get; }

    public Task<ProviderMetadata> Metadata() => _metadata.Get(Kept);

    /// <exception cref="ProviderException">No key of the provider signed it.</exception>
    public async Task Verify(IdToken token)
    {
        var meant = Meant(await _keys.Get(Kept));
        meant = meant.IsEmpty ? Meant(await _keys.Get(BetweenLooks)) : meant;

        // Without a name, only where there is no choice.
        if (meant.IsEmpty || (token.KeyId is null && meant.Length > 1) || !meant.Any(token.IsSignedBy))
        {
            throw ProviderException.Refused(meant.IsEmpty ? "it is signed by a key, or in a way, that the provider does not have" : "its signature is wrong");
        }

        ImmutableArray<SigningKey> Meant(ImmutableArray<SigningKey> keys) => [.. keys.Where(token.Means)];
    }

    /// <summary>Redeems a code for tokens.</summary>
    public async Task<JsonDocument> Redeem(string code, string verifier, string redirectUri)
    {
        var metadata = await Metadata();
        var form = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "authorization_code", ["code"] = code, ["code_verifier"] = verifier, ["redirect_uri"] = redirectUri,
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, metadata.Token);
        if (metadata.TakesBasic)
        {
            var pair = $"{Uri.EscapeDataString(Settings.ClientId)}:{Uri.EscapeDataString(Settings.ClientSecret)}";
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(pair)));
        }
        else
        {
            (form["client_id"], form["client_secret"]) = (Settings.ClientId, Settings.ClientSecret);
        }

        request.Content = new FormUrlEncodedContent(form);
        return await Ask(request, "its token endpoint");
    }

    public void Dispose() => _http.Dispose();

    private async Task<ProviderMetadata> FetchMetadata()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Settings.Authority}/.well-known/openid-configuration");
        using var document = await Ask(request, "its discovery document");
        var root = document.RootElement;
        if (root.Text("issuer") is not { } issuer || issuer.TrimEnd('/') != Settings.Authority)
        {
            throw ProviderException.Unavailable("its discovery document names another issuer than the setting Authority");
        }

        return new ProviderMetadata(
            issuer,
            Endpoint(root, "authorization_endpoint"),
            Endpoint(root, "token_endpoint"),
            Endpoint(root, "jwks_uri"),
            !root.TryGetProperty("token_endpoint_auth_methods_supported", out var methods)
                || methods.ValueKind != JsonValueKind.Array
                || methods.EnumerateArray().Any(method => method.ValueKind == JsonValueKind.String && method.ValueEquals("client_secret_basic")));
    }

    private async Task<ImmutableArray<SigningKey>> FetchKeys()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, (await Metadata()).Keys);
        using var document = await Ask(request, "its key set");
        return SigningKey.Read(document.RootElement);
    }

    /// <summary>A provider elsewhere must not make Trove call into its own machine.</summary>
    private string Endpoint(JsonElement root, string name) =>
        root.Text(name) is { } address && OutsideSettings.IsSafe(address) && (!IsHere(address) || IsHere(Settings.Authority))
            ? address
            : throw ProviderException.Unavailable($"its discovery document has no {name} that is safe to use");

    private static bool IsHere(string address) => Listener.IsLocal(new Uri(address).Host);

    /// <summary>Asks, with the time and the memory that one answer is worth. What it answers stands in no log: it may be about people.</summary>
    private async Task<JsonDocument> Ask(HttpRequestMessage request, string what)
    {
        try
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            using var response = await _http.SendAsync(request);
            if (!response.IsSuccessStatusCode)
            {
                // 400 is the standard's answer to a code that is not good: used before, too old, or another's.
                throw response.StatusCode == HttpStatusCode.BadRequest
                    ? ProviderException.Refused($"{what} does not take what it was sent")
                    : ProviderException.Unavailable($"{what} answered {(int)response.StatusCode}");
            }

            var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(), JsonTexts.Strict);
            return json.RootElement.ValueKind == JsonValueKind.Object ? json : throw new JsonException();
        }
        catch (JsonException)
        {
            throw ProviderException.Unavailable($"{what} is not the JSON that is expected");
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            throw ProviderException.Unavailable($"{what} cannot be had: {Why(failure)}");
        }
    }

    private string Why(Exception failure) => failure switch
    {
        OperationCanceledException => $"no answer within {Settings.Patience.TotalSeconds} s",
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => "the answer is too long",
        HttpRequestException reason => reason.HttpRequestError.ToString(),
        _ => failure.GetType().Name,
    };
}

/// <summary>The providers that are configured.</summary>
internal sealed class OutsideProviders(ImmutableArray<OutsideSettings> settings, TimeProvider clock) : IDisposable
{
    private readonly Dictionary<string, OutsideProvider> _providers =
        settings.ToDictionary(one => one.Name, one => new OutsideProvider(one, clock), StringComparer.Ordinal);

    /// <summary>All of them, in the order of their names.</summary>
    public ImmutableArray<OutsideSettings> All => settings;

    public OutsideProvider? Find(string name) => _providers.GetValueOrDefault(name);

    public void Dispose()
    {
        foreach (var provider in _providers.Values)
        {
            provider.Dispose();
        }
    }
}
