using Microsoft.AspNetCore.SignalR;
using Trove.Contracts;

namespace Trove.Client;

/// <summary>The server refused, and said why.</summary>
public sealed class RefusedException : Exception
{
    /// <summary>What SignalR puts before the server's own words, which have the form <c>code: detail</c>.</summary>
    private const string HubPrefix = "HubException: ";

    /// <summary>A refusal with its reason.</summary>
    public RefusedException(Problem problem, Exception? inner = null)
        : base(problem.Detail, inner) => Problem = problem;

    /// <summary>A stable code for programs and a sentence for people.</summary>
    public Problem Problem { get; }

    /// <summary>Whether the same call may succeed a moment later.</summary>
    public bool IsTransient => Problem.Code is "unavailable" or "not-ready" or "gone" or "busy" or "too-many-messages" or "too-many-requests" or "too-many-connections";

    /// <summary>The refusal in a hub's error; null when it is none of the server's own (such as a connection that the server closed).</summary>
    internal static Problem? ProblemIn(HubException error)
    {
        var start = error.Message.IndexOf(HubPrefix, StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        var words = error.Message[(start + HubPrefix.Length)..];
        var colon = words.IndexOf(": ", StringComparison.Ordinal);
        return colon > 0 ? new Problem(words[..colon], words[(colon + 2)..]) : new Problem("unexpected", words);
    }
}
