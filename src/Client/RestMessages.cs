using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Trove.Contracts.Accounts;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;

namespace Trove.Client;

/// <summary>What an import did.</summary>
/// <param name="Import">Its name.</param>
/// <param name="Tasks">Tasks of it that the project has now.</param>
/// <param name="Known">Of those, tasks that were there before.</param>
/// <param name="Refused">The first lines that were not taken in.</param>
/// <param name="RefusedCount">How many were not taken in.</param>
public sealed record ImportReport(string Import, long Tasks, long Known, ImmutableArray<RefusedLine> Refused, long RefusedCount);

/// <summary>A line of an import that was not taken in.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Problem">What is wrong with it.</param>
public sealed record RefusedLine(long Line, string Problem);

/// <summary>An image as the server keeps it.</summary>
/// <param name="Hash">SHA-256 of the kept bytes, 64 hex digits.</param>
/// <param name="Bytes">Size of what is kept.</param>
/// <param name="Width">In pixels, as stored.</param>
/// <param name="Height">In pixels, as stored.</param>
/// <param name="Orientation">EXIF orientation, 1 to 8.</param>
public sealed record StoredImage(string Hash, long Bytes, int Width, int Height, int Orientation);

/// <summary>A simulated contributor's way in.</summary>
/// <param name="Name">As it was asked for.</param>
/// <param name="Contributor">Its id, as task imports name it in <c>allow</c>.</param>
/// <param name="Key">Opens the one project it was minted for, for some hours.</param>
public sealed record SimulatedKey(string Name, string Contributor, string Key);

/// <summary>Simulated contributors to mint.</summary>
internal sealed record MintRequest(ImmutableArray<string> Names);

/// <summary>Those that were minted.</summary>
internal sealed record SimulatedKeys(ImmutableArray<SimulatedKey> Contributors);

/// <summary>The first account.</summary>
internal sealed record FirstAdminRequest(string Code, string Email, string Name, string Password, bool Key);

/// <summary>Its API key.</summary>
internal sealed record FirstAdminResponse(string Key);

/// <summary>An API key as its owner sees it.</summary>
/// <param name="Id">Its public part.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Expires">When it ends by itself.</param>
/// <param name="Revoked">When it was ended, if it was.</param>
public sealed record ApiKeyLine(string Id, string Name, ImmutableArray<Scopes> Scopes, DateTimeOffset Created, DateTimeOffset Expires, DateTimeOffset? Revoked);

/// <summary>A key just made.</summary>
/// <param name="Line">As lists show it.</param>
/// <param name="Key">The key itself, this once.</param>
public sealed record NewApiKeyView(ApiKeyLine Line, string Key);

/// <summary>Who calls.</summary>
/// <param name="Account">Id of the account.</param>
/// <param name="Name">What the person wants to be called.</param>
/// <param name="Email">Address.</param>
/// <param name="Roles">What the account may be.</param>
/// <param name="TwoFactor">Whether a second factor is asked at sign-in.</param>
public sealed record Me(string Account, string Name, string Email, ImmutableArray<Role> Roles, bool TwoFactor);

internal sealed record SignUp(string Email, string Name, string Password);

internal sealed record MailedCode(string Code);

internal sealed record Forgotten(string Email);

internal sealed record Reset(string Code, string Password);

internal sealed record SignIn(string Email, string Password);

internal sealed record SignedIn(string? SecondFactor);

internal sealed record SecondFactor([property: JsonPropertyName("secondFactor")] string Ticket, string Code);

internal sealed record EraseRequest(string Password, bool CloseProjects);

internal sealed record AntiforgeryToken(string Token);

internal sealed record KeyRequest(string Name, ImmutableArray<Scopes> Scopes, int Days);

/// <summary>The body of a project's creation.</summary>
internal sealed record NewProject(string Project, Brief Brief, bool Simulated = false);

/// <summary>A page of results.</summary>
internal sealed record ResultPage(ImmutableArray<TaskResult> Items, string? Next);

/// <summary>The parts of problem details (RFC 9457) that are told to people.</summary>
internal sealed record ProblemText(string? Title, string? Detail, string? Code);
