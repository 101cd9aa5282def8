using Trove.Frontend.Identity.Mail;

namespace Trove.Frontend.Accounts;

/// <summary>What Trove writes to people. No letter carries a name: whoever signs up with somebody else's address could write there through it.</summary>
internal static class Letters
{
    public static Letter Confirm(string to, string code) => new(to, "Confirm your address", $"""
        Somebody, probably you, signed up with this address. To confirm that it is yours, use this code within a day:

        {code}

        If it was not you, do nothing: without the code, nothing comes of it.
        """);

    public static Letter SomebodyTried(string to) => new(to, "You have an account already", """
        Somebody, perhaps you, tried to sign up with this address. You have an account already: sign in, or ask for a new password if you forgot it.

        If it was not you, there is nothing to do. They were not told that you are here.
        """);

    public static Letter Forgotten(string to, string code) => new(to, "Choose a new password", $"""
        Somebody, probably you, forgot the password of the account with this address. To choose a new one, use this code within an hour:

        {code}

        If it was not you, do nothing: your password stays as it is.
        """);

    public static Letter PasswordChanged(string to) => new(to, "Your password was changed", """
        The password of your account was changed, and every session was ended.

        If it was not you, ask for a new password at once, sign in with it, and end API keys and outside providers that you do not know: a new password leaves those as they are.
        """);

    public static Letter Move(string to, string code) => new(to, "Confirm your new address", $"""
        Somebody, probably you, wants to use this address for their account. To confirm that it is yours, use this code within a day, signed in:

        {code}

        If it was not you, do nothing.
        """);

    public static Letter Moved(string to) => new(to, "Your address was changed", """
        Your account has another address now; this one is not used any more.

        If it was not you, write to whoever runs this Trove.
        """);

    public static Letter LoginsChanged(string to) => new(to, "Your ways to sign in were changed", """
        An outside provider with which you can sign in was added to your account, or removed from it, and every other session was ended.

        If it was not you, ask for a new password at once, sign in with it, and remove what you do not know.
        """);
}
