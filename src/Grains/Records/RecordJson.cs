using System.Text.Json.Serialization;
using Trove.Grains.Accounts;
using Trove.Grains.Guests;
using Trove.Grains.Projects;

namespace Trove.Grains.Records;

/// <summary>The records kept as JSON: those that are few, seldom written, and good to read with the eye.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AccountRecord))]
[JsonSerializable(typeof(ApiKeyRecord))]
[JsonSerializable(typeof(CatalogueRecord))]
[JsonSerializable(typeof(EmailRecord))]
[JsonSerializable(typeof(ErasuresRecord))]
[JsonSerializable(typeof(FirstAdminRecord))]
[JsonSerializable(typeof(GuestRecord))]
[JsonSerializable(typeof(KeyRingRecord))]
[JsonSerializable(typeof(LoginRecord))]
[JsonSerializable(typeof(ProjectRecord))]
internal sealed partial class RecordJson : JsonSerializerContext;
