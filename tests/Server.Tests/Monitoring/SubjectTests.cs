using Platform.Server.Monitoring.Health;
using Platform.Server.Monitoring.Series;

namespace Platform.Server.Tests.Monitoring;

public sealed class SubjectTests
{
    private readonly ManualClock _clock = new();

    [Theory]
    [InlineData("HHU", "HHH")]
    [InlineData("HUU", "HHU")]
    [InlineData("HUHU", "HHHH")]
    [InlineData("HDU", "HHD")]
    [InlineData("HUD", "HHD")]
    [InlineData("HUUUHUU", "HHUUUUU")]
    [InlineData("HUUHH", "HHUUH")]
    [InlineData("HUUDH", "HHUUD")]
    [InlineData("UUU", "UUU")]
    public void A_status_changes_only_after_two_checks_that_agree(string seen, string expected)
    {
        var subject = new Subject("service:a", null, _clock.GetUtcNow());
        var settled = "";
        foreach (var letter in seen)
        {
            _clock.Advance(TimeSpan.FromSeconds(15));
            subject.Take(_clock.GetUtcNow(), new Observation(StatusOf(letter), null, []), 2, 2);
            settled += subject.View.Status.ToString()[0];
        }

        settled.ShouldBe(expected);
    }

    [Fact]
    public void It_says_since_when_it_is_as_it_is_and_keeps_a_bounded_past()
    {
        var subject = new Subject(PlatformSubjects.Queue, null, _clock.GetUtcNow());
        var begun = _clock.GetUtcNow();
        for (var i = 0; i < 500; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(30));
            subject.Take(_clock.GetUtcNow(), new Observation(SubjectStatus.Healthy, null, [new(MetricCatalog.QueueDepth, i)]), 2, 2);
        }

        subject.View.Since.ShouldBe(begun + TimeSpan.FromSeconds(30));
        subject.View.CheckedAt.ShouldBe(_clock.GetUtcNow());
        subject.View.Points.Count.ShouldBe(120);
        subject.View.Points[^1].Value.ShouldBe(499);
        subject.View.Main!.Value.Value.ShouldBe(499);
        subject.View.FindFigure(MetricCatalog.Status)!.Value.Value.ShouldBe(0);
    }

    private static SubjectStatus StatusOf(char letter) =>
        letter switch { 'H' => SubjectStatus.Healthy, 'D' => SubjectStatus.Degraded, _ => SubjectStatus.Unhealthy };
}
