namespace Trove.Frontend.Identity.Mail;

/// <summary>One letter.</summary>
/// <param name="To">An address in normal form.</param>
/// <param name="Subject">One line.</param>
/// <param name="Body">Plain text.</param>
internal sealed record Letter(string To, string Subject, string Body);

/// <summary>Takes letters. A letter taken is kept in the outbox folder until it is delivered, so neither a stop nor a crash loses it, and nobody waits for a mail server.</summary>
internal interface IMail
{
    /// <summary>Takes a letter that an account is the reason for: it goes when the account is erased, whatever address it has by then.</summary>
    void Send(string account, Letter letter);
}
