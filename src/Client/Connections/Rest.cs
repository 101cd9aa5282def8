using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Trove.Contracts;

namespace Trove.Client.Connections;

/// <summary>Sends requests; every refusal is a <see cref="RefusedException"/> with the server's own words.</summary>
internal sealed class Rest(HttpClient http)
{
    public async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        return await SendAsync(request, type, cancellation);
    }

    public async Task<T> SendAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        await CheckAsync(response, cancellation);
        return await response.Content.ReadFromJsonAsync(type, cancellation)
            ?? throw new RefusedException(new Problem("empty-answer", $"The server answered nothing to {request.Method} {request.RequestUri}."));
    }

    /// <summary>Sends what has no answer but that it was taken.</summary>
    public async Task SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var response = await http.SendAsync(request, cancellation);
        await CheckAsync(response, cancellation);
    }

    public static async Task CheckAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        var text = await response.Content.ReadAsStringAsync(cancellation);
        var code = "http-" + (int)response.StatusCode;
        try
        {
            var details = JsonSerializer.Deserialize(text, TroveJson.Default.ProblemText);
            throw new RefusedException(new Problem(details?.Code ?? code, details?.Detail ?? details?.Title ?? $"The server answered {(int)response.StatusCode}."));
        }
        catch (JsonException)
        {
            throw new RefusedException(new Problem(code, $"The server answered {(int)response.StatusCode} {response.ReasonPhrase}."));
        }
    }
}
