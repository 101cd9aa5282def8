using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Trove.Frontend.Tests.Host;
using Trove.Frontend.Tests.Identity;
using Trove.Testing;

namespace Trove.Frontend.Tests.Hosting;

public sealed class SecureHubTests
{
    [Fact]
    public async Task A_session_connects_to_a_hub_over_HTTP_2_as_browsers_do_and_a_foreign_page_does_not()
    {
        using var folder = new TempFolder();
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var file = Path.Combine(folder.Path, "trove.pfx");
        await File.WriteAllBytesAsync(file, certificate.Export(X509ContentType.Pkcs12, "secret"));
        await using var server = await TroveServer.Start(
            null, "--Kestrel:Endpoints:Public:Url=https://127.0.0.1:0", $"--Kestrel:Endpoints:Public:Certificate:Path={file}", "--Kestrel:Endpoints:Public:Certificate:Password=secret");
        using var handler = new SocketsHttpHandler
        {
            SslOptions = { CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { certificate } } },
            UseCookies = false,
        };
        using var http = new HttpMessageInvoker(handler);
        var people = new People(server);
        await people.Make("ann");
        var session = $"__Host-{await people.Session("ann")}";

        Assert.Equal(WebSocketState.Open, await Connect(server.Address.GetLeftPart(UriPartial.Authority)));
        await Assert.ThrowsAsync<WebSocketException>(() => Connect("https://evil.example"));

        async Task<WebSocketState> Connect(string origin)
        {
            using var socket = new ClientWebSocket();
            socket.Options.HttpVersion = HttpVersion.Version20;
            socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
            socket.Options.SetRequestHeader("Cookie", session);
            socket.Options.SetRequestHeader("Origin", origin);
            await socket.ConnectAsync(new UriBuilder(server.Address) { Scheme = "wss", Path = "/hubs/board" }.Uri, http, default);
            return socket.State;
        }
    }
}
