using Trove.Contracts.Contributors;
using Trove.Contracts.Projects;
using Trove.Frontend.Hubs;

namespace Trove.Frontend.Contributors;

/// <summary>Checks what a client of the work hub sends before a grain sees it. What is left out counts as empty; what is too long or has no meaning is refused.</summary>
internal static class WorkMessages
{
    private const int MaxProjects = 16;
    private const int MaxHeld = 16;
    private const int MaxToken = 4096;
    private const int MaxValue = 200;

    public static JoinRequest Checked(JoinRequest? request)
    {
        var checkedRequest = Present(request) with { Projects = request!.Projects.OrEmpty(), Held = request.Held.OrEmpty() };
        Require(checkedRequest.Projects.Length is >= 1 and <= MaxProjects, $"projects names 1 to {MaxProjects} projects");
        Require(checkedRequest.Projects.All(project => project is not null && Keys.IsValid(project.Project)), "each project is named by its key");
        Require(checkedRequest.Projects.All(project => project.BriefVersion is null or > 0), "briefVersion counts from 1");
        Require(checkedRequest.Projects.DistinctBy(project => project.Project, StringComparer.Ordinal).Count() == checkedRequest.Projects.Length, "each project is named once");
        Require(checkedRequest.Held.Length <= MaxHeld, $"held carries at most {MaxHeld} tokens");
        foreach (var token in checkedRequest.Held)
        {
            Token(token);
        }

        Require(checkedRequest.Stint is null or (>= 0 and <= 100_000), "stint is 0 to 100000");
        return checkedRequest;
    }

    public static SubmitRequest Checked(SubmitRequest? request)
    {
        var checkedRequest = Present(request) with { Values = request!.Values.OrEmpty() };
        Token(checkedRequest.Token);
        Require(checkedRequest.Values.Length <= LabelSchema.MaxOptions, $"values carries at most {LabelSchema.MaxOptions} answers");
        foreach (var value in checkedRequest.Values)
        {
            Require(value is { Length: >= 1 and <= MaxValue }, $"each value is a text of 1 to {MaxValue} characters");
        }

        return checkedRequest;
    }

    public static SkipRequest Checked(SkipRequest? request)
    {
        Token(Present(request).Token);
        return request!;
    }

    public static DraftRequest Checked(DraftRequest? request)
    {
        Token(Present(request).Token);
        Require(request!.Draft is { Length: <= DraftRequest.MaxLength }, $"draft is a text of at most {DraftRequest.MaxLength} characters");
        return request;
    }

    public static string CheckedPrefix(string? prefix)
    {
        Require(prefix is { Length: <= LabelSchema.MaxTagLength }, $"prefix is a text of at most {LabelSchema.MaxTagLength} characters");
        return prefix!;
    }

    private static T Present<T>(T? request)
        where T : class
    {
        Require(request is not null, "the message is not null");
        return request!;
    }

    private static void Token(string? token) => Require(token is { Length: >= 1 and <= MaxToken }, "token is the one of an offer");

    private static void Require(bool holds, string rule)
    {
        if (!holds)
        {
            throw HubGuard.Refusal("message-invalid", $"It must hold that {rule}.");
        }
    }
}
