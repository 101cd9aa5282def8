using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Trove.Contracts;
using Trove.Contracts.Projects;

namespace Trove.Client;

/// <summary>Generated serialization of what the client has a shape of its own for; the rest is <see cref="WireJson"/>.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NewProject))]
[JsonSerializable(typeof(Brief))]
[JsonSerializable(typeof(ImportReport))]
[JsonSerializable(typeof(StoredImage))]
[JsonSerializable(typeof(ResultPage))]
[JsonSerializable(typeof(ProblemText))]
[JsonSerializable(typeof(MintRequest))]
[JsonSerializable(typeof(SimulatedKeys))]
[JsonSerializable(typeof(FirstAdminRequest))]
[JsonSerializable(typeof(FirstAdminResponse))]
[JsonSerializable(typeof(SignUp))]
[JsonSerializable(typeof(MailedCode))]
[JsonSerializable(typeof(Forgotten))]
[JsonSerializable(typeof(Reset))]
[JsonSerializable(typeof(SignIn))]
[JsonSerializable(typeof(SignedIn))]
[JsonSerializable(typeof(SecondFactor))]
[JsonSerializable(typeof(EraseRequest))]
[JsonSerializable(typeof(AntiforgeryToken))]
[JsonSerializable(typeof(KeyRequest))]
[JsonSerializable(typeof(NewApiKeyView))]
[JsonSerializable(typeof(ImmutableArray<ApiKeyLine>))]
[JsonSerializable(typeof(ApiKeyLine))]
[JsonSerializable(typeof(Me))]
internal sealed partial class TroveJson : JsonSerializerContext;
