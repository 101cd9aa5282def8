namespace Trove.Frontend.Identity.Outside;

/// <summary>A provider cannot be used, or what it said cannot be believed. The message is for the log: it says why, and carries nothing that the provider or a person sent.</summary>
internal sealed class ProviderException : Exception
{
    private ProviderException(Problem problem, string message, Exception? cause)
        : base(message, cause) => Problem = problem;

    /// <summary>What the person is told.</summary>
    public Problem Problem { get; }

    /// <summary>It does not answer as a provider does; trying again later may help.</summary>
    public static ProviderException Unavailable(string why, Exception? cause = null) =>
        new(new Problem("outside-unavailable", "This provider does not answer as it should at the moment. Try again later, or sign in with your password."), why, cause);

    /// <summary>It answered, and the answer is not good.</summary>
    public static ProviderException Refused(string why) =>
        new(new Problem("outside-refused", "What this provider said cannot be believed, so nobody was signed in. Tell whoever runs this Trove if it happens again."), why, cause: null);
}
