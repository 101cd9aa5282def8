using Trove.Contracts;
using Trove.Contracts.Accounts;
using Trove.Contracts.Catalogue;
using Trove.Contracts.Contributors;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;
using Trove.Grains.Accounts;
using Trove.Grains.Contributors;
using Trove.Grains.Guests;
using Trove.Grains.Projects;
using Trove.Grains.Tests.Accounts;
using Trove.Grains.Tests.Projects;

namespace Trove.Grains.Tests.Records;

/// <summary>One record of each kind that this room stores, with every field in use.</summary>
public sealed class GoldenTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TaskPolicy Policy = new(LabelKind.SingleChoice, 2, new Redundancy(RedundancyKind.Dynamic, 2, 5, 0.9, 0.01), 3, 4, 0, 50);
    private static readonly Actor Dev = new("dev", "key1", "198.51.100.0/24");

    [Fact]
    public void A_contributor_is_written_as_in_the_first_release() => Golden.Matches(Contributor());

    [Fact]
    public void A_ledger_page_is_written_as_in_the_first_release()
    {
        var hot = Contributor();
        for (var i = 20; hot.Wallet.PageDue is null; i++)
        {
            hot.Wallet.Settle(Verdict(i), Now.AddSeconds(i), out _);
        }

        Golden.Matches(hot.Wallet.PageDue);
    }

    [Fact]
    public void A_project_is_written_as_with_its_team_and_acts()
    {
        var project = new Project("cats", new ProjectRecord(), Now);
        project.Create(Dev, Samples.Choice("cat", "dog"), simulated: false, Now);
        project.AllocatePage("import", 0);
        project.AllocatePage("import", 1);
        project.AllocatePage("another", 0);
        project.Imported("import", 2, 1_500);
        project.Move(Dev, ProjectMove.Publish, Now);
        project.PageClosed(0);
        project.ChangeBrief(Dev, Samples.Choice("cat", "dog", "bird"), Now);
        project.SetMember(Dev, "ann", TeamRole.Viewer, Now);
        Golden.Matches(project.ToRecord());
    }

    [Fact]
    public void A_catalogue_is_written_as_with_its_members() => Golden.Matches(new CatalogueRecord
    {
        Entries = [new CatalogueEntry("cats", "dev", "Cats & \"dogs\"", ProjectState.Paused, Paid: true, Simulated: true, Members: ["ann", "dev"])],
    });

    [Fact]
    public void An_account_is_written_as_in_the_first_release()
    {
        var holder = new AccountHolder("a1", new AccountRecord(), new AccountOptions());
        var by = new Actor("boss", "k9", "203.0.113.0/24");
        var account = holder.Create(by, Someone.New(), Now).Value!;
        holder.Update(
            by,
            account with
            {
                EmailConfirmed = true, TwoFactor = true, AuthenticatorKey = "protected", RecoveryCodes = ["r1", "r2"], Logins = [new OutsideLogin("idp", "42", "key-of-42")], Guest = "g1", CodeStep = 7,
            },
            Now);
        holder.SetRole(by, Role.Developer, given: true, Now);
        holder.EnterKey(by, new ApiKeyView("k1", "laptop", Scopes.Read | Scopes.Money, Now, Now.AddDays(90), Now.AddDays(1)), Now);
        holder.EndSession(by, "s1", "stamp-2", Now);
        holder.Suspend(by, suspended: true, Now);
        for (var i = 0; i < 10; i++)
        {
            holder.BeginAttempt(Now);
        }

        Golden.Matches(holder.ToRecord());
    }

    [Fact]
    public void An_API_key_is_written_as_in_the_first_release() => Golden.Matches(new ApiKeyRecord
    {
        Key = new NewApiKey("a1", "laptop", new string('a', 64), Scopes.Read | Scopes.Admin, Now.AddDays(90)), Created = Now, Revoked = Now.AddDays(1),
    });

    [Fact]
    public void A_guest_is_written_as_in_the_first_release() => Golden.Matches(new GuestRecord
    {
        Project = "cats",
        Tasks =
        [
            new GuestTask(3, Policy, new AnswerContent([1], [])),
            new GuestTask(4, Policy, new AnswerContent([], ["tabby"]), 70),
            new GuestTask(1030, Policy, new AnswerContent([], [], NotSure: true), 71, HeldFate.AlreadyYours),
            new GuestTask(1031, Policy),
        ],
        Expires = Now.AddDays(7),
        Contributor = "c1",
        HandedIn = true,
    });

    [Fact]
    public void An_address_is_written_as_in_the_first_release() => Golden.Matches(new EmailRecord { Owner = "a1", Claimed = Now });

    [Fact]
    public void An_outside_login_is_written_as_in_the_first_release() => Golden.Matches(new LoginRecord { Owner = "a1", Claimed = Now });

    [Fact]
    public void The_first_admin_is_written_as_in_the_first_release() => Golden.Matches(new FirstAdminRecord { Account = "a1", Closed = true });

    [Fact]
    public void A_key_ring_is_written_as_in_the_first_release() => Golden.Matches(new KeyRingRecord
    {
        Elements = [new KeyRingElement("key-1", "<key id=\"1\"><sealed>AA==</sealed></key>"), new KeyRingElement("revocation-1", "<revocation />")],
    });

    [Fact]
    public void A_catalogue_of_the_first_release_lists_what_it_listed() =>
        Assert.Equal([new CatalogueEntry("cats", "dev", "Cats & \"dogs\"", ProjectState.Paused, Paid: true)], Golden.Older<CatalogueRecord>(1).Entries);

    private static ContributorHot Contributor()
    {
        var hot = new ContributorHot();
        hot.Numbers.Open(hot.Numbers.Reserve());
        for (var i = 0; i < 10; i++)
        {
            hot.Numbers.TryTake(out _);
        }

        hot.Numbers.Void(1);
        hot.Numbers.Void(6);
        foreach (var assignment in new[] { 0, 2, 3, 7 })
        {
            var verdict = Verdict(assignment);
            hot.Wallet.Settle(verdict, Now.AddSeconds(assignment), out _);
            hot.Reputation.Observe(verdict);
        }

        hot.Wallet.Settle(Verdict(3) with { Revision = 1, Kind = VerdictKind.Reversed, AmountMinor = -15 }, Now.AddMinutes(1), out _);
        hot.Wallet.Settle(Verdict(9_999), Now, out _); // never given out: goes to suspense
        hot.RewardVersion = 6;
        return hot;
    }

    private static Verdict Verdict(int assignment) => new(
        "ann", assignment, 0, new TaskId(assignment % 2 == 0 ? "cats" : "dogs", TaskKinds.Label, 1_000 + assignment), VerdictKind.Earned, 15, LabelKind.SingleChoice, 12, 0.75);
}
