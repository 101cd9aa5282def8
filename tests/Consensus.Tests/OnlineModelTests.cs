namespace Trove.Consensus.Tests;

public sealed class OnlineModelTests
{
    public static TheoryData<int> Seeds => Draw.Seeds(12);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void After_a_refit_it_equals_the_batch(int seed)
    {
        int classes = 2 + (seed % 5);
        (Answer[] answers, _) = Crowds.Mixed(seed, tasks: 120, workers: 15, classes, each: 1 + (seed % 6));
        var online = new OnlineModel(classes);
        foreach (Answer answer in answers)
        {
            online.Add(answer);
        }

        online.Refit();
        Aggregation batch = new TroveAggregator().Run(AnswerMatrix.From(answers, 120, 15, classes));
        for (int task = 0; task < 120; task++)
        {
            Draw.Equal(batch.PosteriorOf(task).ToArray(), online.PosteriorOf(task).ToArray(), within: 1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Refits_on_the_way_leave_no_trace(int seed)
    {
        (Answer[] answers, _) = Crowds.Mixed(seed, tasks: 60, workers: 10, classes: 3, each: 4);
        OnlineModel one = new(3), other = new(3);
        for (int i = 0; i < answers.Length; i++)
        {
            one.Add(answers[i]);
            other.Add(answers[answers.Length - 1 - i]);
            if (i % 50 == 0)
            {
                one.Refit();
            }
        }

        one.Refit();
        other.Refit();
        for (int task = 0; task < 60; task++)
        {
            Draw.Equal(one.PosteriorOf(task).ToArray(), other.PosteriorOf(task).ToArray(), within: 1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Evidence_that_travels_with_the_answers_gives_the_posterior_of_the_fit(int seed)
    {
        (Answer[] answers, _) = Crowds.Mixed(seed, tasks: 80, workers: 12, classes: 4, each: 5);
        var fit = new TroveFit(AnswerMatrix.From(answers, 80, 12, 4));
        var posterior = new double[4];
        for (int task = 0; task < 80; task++)
        {
            fit.Model.Posterior(fit.EvidenceOf(task), posterior);
            Draw.Equal(fit.Outcome.PosteriorOf(task).ToArray(), posterior, within: 1e-6);
        }
    }

    [Fact]
    public void Between_fits_it_reads_new_tasks_nearly_as_well_as_a_fit_would()
    {
        (Answer[] answers, int[] truth) = Crowds.Mixed(seed: 5, tasks: 600, workers: 20, classes: 3, each: 5, spammers: 0.4);
        var online = new OnlineModel(3);
        foreach (Answer answer in answers.Take(1500))
        {
            online.Add(answer);
        }

        online.Refit();
        foreach (Answer answer in answers.Skip(1500))
        {
            online.Add(answer);
        }

        double before = Right(online, truth);
        online.Refit();
        Assert.True(before > Right(online, truth) - 0.03, $"{before} against {Right(online, truth)}");
    }

    [Fact]
    public void A_cold_model_is_less_sure_than_its_answers_would_make_one_who_takes_them_for_independent()
    {
        CrowdModel cold = CrowdModel.Cold(2);
        var stranger = ContributorModel.From(Reliability.Prior(2), 2);
        Evidence[] three = [cold.Weigh(stranger, 1), cold.Weigh(stranger, 1), cold.Weigh(stranger, 1)];
        double[] posterior = new double[2], independent = Draw.Posterior([new(1, 0.7), new(1, 0.7), new(1, 0.7)], 2);
        cold.Posterior(three, posterior);
        Assert.InRange(posterior[1], 0.7, independent[1]);
        cold.Posterior([], posterior);
        Assert.Equal([0.5, 0.5], posterior);
    }

    [Fact]
    public void Who_is_known_from_elsewhere_outweighs_a_stranger_and_one_who_is_not_sure_says_nothing()
    {
        CrowdModel cold = CrowdModel.Cold(3);
        Evidence expert = cold.Weigh(ContributorModel.From(new Reliability(95, 5), 3), 0);
        Evidence stranger = cold.Weigh(ContributorModel.From(Reliability.Prior(3), 3), 1);
        Evidence unsure = cold.Weigh(ContributorModel.From(new Reliability(95, 5), 3), Vote.NotSure);
        double[] with = new double[3], without = new double[3];
        cold.Posterior([expert, stranger, unsure], with);
        cold.Posterior([expert, stranger], without);
        Assert.Equal(0, Leading.Of(with).Choice);
        Assert.Equal(without, with);
    }

    private static double Right(OnlineModel model, int[] truth) =>
        truth.Select((label, task) => Leading.Of(model.PosteriorOf(task)).Choice == label ? 1.0 : 0).Average();
}
