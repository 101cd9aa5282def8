using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Trove.Contracts.Accounts;
using Trove.Contracts.Auditing;
using Trove.Contracts.Catalogue;
using Trove.Contracts.Contributors;
using Trove.Contracts.Guests;
using Trove.Contracts.Labeling;
using Trove.Contracts.Progress;
using Trove.Contracts.Projects;
using Trove.Frontend.Accounts;
using Trove.Frontend.Guests;
using Trove.Frontend.Intake;
using Trove.Frontend.Labeling;
using Trove.Frontend.Projects;

namespace Trove.Frontend.Json;

/// <summary>How messages look outside: camelCase, enums by name, absent arrays as empty ones. REST and hubs share it.</summary>
internal static class TroveJson
{
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.MaxDepth = 16;
        options.TypeInfoResolverChain.Insert(0, WireJson.Default);
        options.TypeInfoResolverChain.Insert(1, TroveJsonContext.Default);
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        Arrays<string>(options);
        Arrays<Role>(options);
        Arrays<Scopes>(options);
        Arrays<KeyLine>(options);
        Arrays<MintedKey>(options);
        Arrays<int>(options);
        Arrays<double>(options);
        Arrays<JoinProject>(options);
        Arrays<BriefView>(options);
        Arrays<Offer>(options);
        Arrays<LedgerEntry>(options);
        Arrays<CatalogueEntry>(options);
        Arrays<TeamMember>(options);
        Arrays<AuditEntry>(options);
        Arrays<Activity>(options);
        Arrays<SavedDraft>(options);
        Arrays<Skill>(options);
        Arrays<SuspendedVerdict>(options);
        Arrays<CountedAnswer>(options);
        Arrays<TaskResult>(options);
        Arrays<RefusedLine>(options);
        Arrays<GuestItem>(options);
        Arrays<RefusedAnswer>(options);
        Arrays<OutsideProviderView>(options);
    }

    private static void Arrays<T>(JsonSerializerOptions options) => options.Converters.Add(new ArrayConverter<T>());

    /// <summary>A default <see cref="ImmutableArray{T}"/> would fail to be written, and a null one to be read; both mean that there is nothing.</summary>
    private sealed class ArrayConverter<T> : JsonConverter<ImmutableArray<T>>
    {
        public override bool HandleNull => true;

        public override ImmutableArray<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.Null)
            {
                return [];
            }

            if (reader.TokenType != JsonTokenType.StartArray)
            {
                throw new JsonException();
            }

            var element = (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
            var items = ImmutableArray.CreateBuilder<T>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                items.Add(JsonSerializer.Deserialize(ref reader, element) is { } item ? item : throw new JsonException());
            }

            return items.DrainToImmutable();
        }

        public override void Write(Utf8JsonWriter writer, ImmutableArray<T> value, JsonSerializerOptions options)
        {
            var element = (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
            writer.WriteStartArray();
            foreach (var item in value.OrEmpty())
            {
                JsonSerializer.Serialize(writer, item, element);
            }

            writer.WriteEndArray();
        }
    }
}

/// <summary>Generated serialization of what only the frontend has a shape for; the rest is <see cref="WireJson"/>.</summary>
[JsonSerializable(typeof(TaskInspection))]
[JsonSerializable(typeof(SignUpBody))]
[JsonSerializable(typeof(FindBody))]
[JsonSerializable(typeof(PersonView))]
[JsonSerializable(typeof(KeyBody))]
[JsonSerializable(typeof(KeyLine))]
[JsonSerializable(typeof(NewKey))]
[JsonSerializable(typeof(MintBody))]
[JsonSerializable(typeof(MintedKeys))]
[JsonSerializable(typeof(CodeBody))]
[JsonSerializable(typeof(SignInBody))]
[JsonSerializable(typeof(SignedIn))]
[JsonSerializable(typeof(SecondFactorBody))]
[JsonSerializable(typeof(ForgottenBody))]
[JsonSerializable(typeof(ResetBody))]
[JsonSerializable(typeof(FirstAdminBody))]
[JsonSerializable(typeof(FirstAdminView))]
[JsonSerializable(typeof(AntiforgeryToken))]
[JsonSerializable(typeof(MeView))]
[JsonSerializable(typeof(NameBody))]
[JsonSerializable(typeof(EmailBody))]
[JsonSerializable(typeof(MoveBody))]
[JsonSerializable(typeof(PasswordBody))]
[JsonSerializable(typeof(ProofBody))]
[JsonSerializable(typeof(EraseBody))]
[JsonSerializable(typeof(ExportedAccount))]
[JsonSerializable(typeof(ExportedTeam))]
[JsonSerializable(typeof(ExportedWork))]
[JsonSerializable(typeof(ExportedEntry))]
[JsonSerializable(typeof(ContributorDossier))]
[JsonSerializable(typeof(AuthenticatorView))]
[JsonSerializable(typeof(RecoveryCodesView))]
[JsonSerializable(typeof(GuestBody))]
[JsonSerializable(typeof(GuestAnswerBody))]
[JsonSerializable(typeof(ImmutableArray<OutsideProviderView>))]
[JsonSerializable(typeof(LinkBody))]
[JsonSerializable(typeof(OutsideAddress))]
[JsonSerializable(typeof(NewProject))]
[JsonSerializable(typeof(BriefBody))]
[JsonSerializable(typeof(MemberBody))]
[JsonSerializable(typeof(ImportReport))]
[JsonSerializable(typeof(ResultPage))]
[JsonSerializable(typeof(StoredImage))]
[JsonSerializable(typeof(Health))]
[JsonSerializable(typeof(Bench.Collected))]
[JsonSerializable(typeof(Bench.Counted))]
internal sealed partial class TroveJsonContext : JsonSerializerContext;
