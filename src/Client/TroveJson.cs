using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Trove.Contracts;
using Trove.Contracts.Catalogue;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Contracts.Progress;
using Trove.Contracts.Projects;

namespace Trove.Client;

/// <summary>Generated serialization of everything that travels between a client and a server.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(JoinResult))]
[JsonSerializable(typeof(SubmitRequest))]
[JsonSerializable(typeof(SubmitResult))]
[JsonSerializable(typeof(SkipRequest))]
[JsonSerializable(typeof(DraftRequest))]
[JsonSerializable(typeof(Offer[]))]
[JsonSerializable(typeof(RecallNotice[]))]
[JsonSerializable(typeof(RewardUpdate))]
[JsonSerializable(typeof(WaitingNotice))]
[JsonSerializable(typeof(Notice))]
[JsonSerializable(typeof(Statement))]
[JsonSerializable(typeof(Brief))]
[JsonSerializable(typeof(ProjectView))]
[JsonSerializable(typeof(ProjectProgress))]
[JsonSerializable(typeof(ImmutableArray<Activity>))]
[JsonSerializable(typeof(CataloguePage))]
[JsonSerializable(typeof(NewProject))]
[JsonSerializable(typeof(ImportReport))]
[JsonSerializable(typeof(StoredImage))]
[JsonSerializable(typeof(object))]
[JsonSerializable(typeof(ResultPage))]
[JsonSerializable(typeof(ProblemText))]
internal sealed partial class TroveJson : JsonSerializerContext;
