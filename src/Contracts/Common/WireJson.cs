using System.Text.Json;
using System.Text.Json.Serialization;
using Trove.Contracts.Auditing;
using Trove.Contracts.Catalogue;
using Trove.Contracts.Contributors;
using Trove.Contracts.Guests;
using Trove.Contracts.Labeling;
using Trove.Contracts.Progress;
using Trove.Contracts.Projects;

namespace Trove.Contracts;

/// <summary>Generated serialization of every message that client and frontend exchange as it is: all of the hubs', and of REST those without a shape of their own.</summary>
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
[JsonSerializable(typeof(ProjectProgress))]
[JsonSerializable(typeof(Activity[]))]
[JsonSerializable(typeof(Statement))]
[JsonSerializable(typeof(ContributorProfile))]
[JsonSerializable(typeof(GuestView))]
[JsonSerializable(typeof(HandInReport))]
[JsonSerializable(typeof(AuditSlice))]
[JsonSerializable(typeof(ProjectView))]
[JsonSerializable(typeof(TeamMember[]))]
[JsonSerializable(typeof(CataloguePage))]
[JsonSerializable(typeof(object))]
public sealed partial class WireJson : JsonSerializerContext;
