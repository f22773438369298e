using Platform.Server.Monitoring.Alerts;
using Platform.Server.Monitoring.Health;
using Platform.Server.Monitoring.Series;

namespace Platform.Server.Tests.Monitoring;

/// <summary>What alerts say of figures, as people read it.</summary>
public sealed class ConditionTests
{
    [Theory]
    [InlineData("runs", MetricCatalog.RunsSuccess, Comparison.Below, 95, 90, "90 % of the latest runs did not fault, which is below 95 %.")]
    [InlineData("runs", MetricCatalog.RunsFaulted, Comparison.Above, 1, 2.5, "Runs fault at a rate of 2.5 runs per minute, which is above 1 run per minute.")]
    [InlineData("runs", MetricCatalog.RunsP95, Comparison.AtLeast, 10_000, 90_000, "95 of 100 runs take up to 90 s, which is at or above 10 s.")]
    [InlineData("queue", MetricCatalog.QueueDepth, Comparison.AtLeast, 1000, 1500, "The queue has 1,500 items due, which is at or above 1,000 items.")]
    [InlineData("queue", MetricCatalog.QueueOldest, Comparison.Above, 60, 600, "The oldest queued work has been due for 10 min, which is above 60 s.")]
    [InlineData("memory", MetricCatalog.Memory, Comparison.AtLeast, 80, 87.125, "The server uses 87.13 % of the memory it may have, which is at or above 80 %.")]
    [InlineData("disk", MetricCatalog.DiskFree, Comparison.AtMost, 2147483648, 1288490189, "The disk of the data has 1.2 GiB of free space, which is at or below 2 GiB.")]
    [InlineData("database", MetricCatalog.DatabaseWrite, Comparison.Above, 100, 250, "A small write to the database took 250 ms, which is above 100 ms.")]
    [InlineData("service:shop", MetricCatalog.ServiceResponse, Comparison.Above, 1000, 1500, "The service 'shop' took 1,500 ms to answer, which is above 1,000 ms.")]
    [InlineData("service:shop", MetricCatalog.ServiceBreaker, Comparison.AtLeast, 2, 2, "The circuit breaker of the service 'shop' is open.")]
    [InlineData("service:shop", MetricCatalog.Status, Comparison.AtLeast, 2, 2, "The service 'shop' is unhealthy. Gone.")]
    [InlineData("runs", MetricCatalog.Status, Comparison.AtLeast, 2, 2, "The success of runs is unhealthy. Gone.")]
    [InlineData("database", MetricCatalog.Status, Comparison.AtLeast, 2, 2, "The database is unhealthy. Gone.")]
    internal void An_alert_by_a_figure_reads_well(string subject, string metric, Comparison comparison, double threshold, double value, string sentence)
    {
        var view = new SubjectView(subject, SubjectStatus.Unhealthy, default, null, "Gone.", null, [], []);

        new Condition(metric, subject, comparison, threshold, TimeSpan.Zero).Describe(view, value).ShouldBe(sentence);
    }

    [Fact]
    public void Every_figure_has_a_sentence_that_tells_it()
    {
        foreach (var kind in MetricCatalog.All)
            kind.Sentence.ShouldContain("{0}", customMessage: kind.Name);
    }
}
