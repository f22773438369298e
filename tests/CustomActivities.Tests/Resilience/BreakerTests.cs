using Platform.CustomActivities.Resilience;

namespace Platform.CustomActivities.Tests.Resilience;

public sealed class BreakerTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void It_opens_with_the_last_of_so_many_failures_in_a_row_and_says_since_when_and_until()
    {
        var breaker = Breaker(new() { Failures = 3, BreakDuration = TimeSpan.FromMinutes(1) });

        End(breaker, CallEnd.Failed).ShouldBeNull();
        End(breaker, CallEnd.Succeeded).ShouldBeNull();
        End(breaker, CallEnd.Failed).ShouldBeNull();
        End(breaker, CallEnd.Failed).ShouldBeNull();
        breaker.Snapshot.Failures.ShouldBe(2);
        var opened = End(breaker, CallEnd.Failed);

        opened.ShouldBe(new BreakerSnapshot(BreakerState.Open, _clock.GetUtcNow(), 3, _clock.GetUtcNow() + TimeSpan.FromMinutes(1), null));
        breaker.TryEnter(out _, out var retryAfter).ShouldBeFalse();
        retryAfter.ShouldBe(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Half_open_it_lets_exactly_the_allowed_calls_through_and_closes_when_all_succeeded()
    {
        var breaker = Opened(probes: 3);
        _clock.Advance(TimeSpan.FromMinutes(1));

        var periods = Enumerable.Range(0, 10).Select(_ => breaker.TryEnter(out var period, out var _) ? period : -1).Where(period => period >= 0).ToList();

        periods.Count.ShouldBe(3);
        breaker.Snapshot.State.ShouldBe(BreakerState.HalfOpen);
        breaker.Exit(periods[0], CallEnd.Succeeded).ShouldBeNull();
        breaker.Exit(periods[1], CallEnd.Succeeded).ShouldBeNull();
        breaker.TryEnter(out _, out _).ShouldBeFalse();
        breaker.Exit(periods[2], CallEnd.Succeeded)!.State.ShouldBe(BreakerState.Closed);
        breaker.TryEnter(out _, out _).ShouldBeTrue();
    }

    [Fact]
    public void A_probe_that_fails_opens_it_anew_and_one_that_is_given_up_gives_its_place_back()
    {
        var breaker = Opened(probes: 1);
        _clock.Advance(TimeSpan.FromMinutes(1));

        breaker.TryEnter(out var first, out _).ShouldBeTrue();
        breaker.TryEnter(out _, out _).ShouldBeFalse();
        breaker.Exit(first, CallEnd.Abandoned).ShouldBeNull();
        breaker.TryEnter(out var second, out _).ShouldBeTrue();
        var again = breaker.Exit(second, CallEnd.Failed);

        again!.State.ShouldBe(BreakerState.Open);
        again.NextProbeAt.ShouldBe(_clock.GetUtcNow() + TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void A_call_from_before_a_change_of_state_counts_no_more()
    {
        var breaker = Breaker(new() { Failures = 1 });
        breaker.TryEnter(out var late, out _);
        End(breaker, CallEnd.Failed)!.State.ShouldBe(BreakerState.Open);
        breaker.Restore(new BreakerSnapshot(BreakerState.Closed, _clock.GetUtcNow(), 0, null, "somebody"));

        breaker.Exit(late, CallEnd.Failed).ShouldBeNull();

        breaker.Snapshot.State.ShouldBe(BreakerState.Closed);
        breaker.Snapshot.Failures.ShouldBe(0);
    }

    [Fact]
    public void A_share_of_the_calls_counts_over_its_window_only()
    {
        var breaker = Breaker(new() { FailureRatio = 0.5, MinimumThroughput = 4, SamplingDuration = TimeSpan.FromSeconds(10) });

        End(breaker, CallEnd.Failed);
        End(breaker, CallEnd.Failed);
        End(breaker, CallEnd.Failed).ShouldBeNull("these are too few to count");
        _clock.Advance(TimeSpan.FromSeconds(11));
        End(breaker, CallEnd.Failed).ShouldBeNull("the others are forgotten");
        End(breaker, CallEnd.Succeeded).ShouldBeNull();
        End(breaker, CallEnd.Succeeded).ShouldBeNull();
        End(breaker, CallEnd.Failed)!.State.ShouldBe(BreakerState.Open);
    }

    [Fact]
    public void One_that_was_opened_by_hand_without_a_time_stays_open()
    {
        var breaker = Breaker(new() { Failures = 1 });
        breaker.Restore(new BreakerSnapshot(BreakerState.Open, _clock.GetUtcNow(), 0, null, "admin"));
        _clock.Advance(TimeSpan.FromDays(365));

        breaker.TryEnter(out _, out var retryAfter).ShouldBeFalse();
        retryAfter.ShouldBeNull();
        breaker.Snapshot.By.ShouldBe("admin");
    }

    [Fact]
    public void A_rate_limit_lets_no_more_than_so_many_through_in_any_stretch_of_time()
    {
        var gate = new RateGate(new RateLimitPolicy { Count = 2, Per = TimeSpan.FromSeconds(10), MaxWait = TimeSpan.FromSeconds(7) }, _clock);

        gate.TryTake(out var wait).ShouldBeTrue();
        wait.ShouldBe(TimeSpan.Zero);
        _clock.Advance(TimeSpan.FromSeconds(5));
        gate.TryTake(out wait).ShouldBeTrue();
        wait.ShouldBe(TimeSpan.Zero);
        gate.TryTake(out wait).ShouldBeTrue();
        wait.ShouldBe(TimeSpan.FromSeconds(5));
        gate.TryTake(out wait).ShouldBeFalse("the next place is ten seconds away");
        wait.ShouldBe(TimeSpan.FromSeconds(10));
        _clock.Advance(TimeSpan.FromSeconds(10));
        gate.TryTake(out wait).ShouldBeTrue();
        wait.ShouldBe(TimeSpan.Zero);
    }

    private Breaker Breaker(CircuitBreakerPolicy policy) => new(policy, _clock);

    private Breaker Opened(int probes)
    {
        var breaker = Breaker(new() { Failures = 1, BreakDuration = TimeSpan.FromMinutes(1), HalfOpenProbes = probes });
        End(breaker, CallEnd.Failed)!.State.ShouldBe(BreakerState.Open);
        return breaker;
    }

    private static BreakerSnapshot? End(Breaker breaker, CallEnd end)
    {
        breaker.TryEnter(out var period, out _).ShouldBeTrue();
        return breaker.Exit(period, end);
    }
}
