namespace Platform.Server.Monitoring.Health;

/// <summary>A figure that a check found.</summary>
/// <param name="Metric">Its name, one of <see cref="Series.MetricCatalog"/>.</param>
/// <param name="Value">The figure.</param>
internal readonly record struct Figure(string Metric, double Value);

/// <summary>What one check of one thing found.</summary>
/// <param name="Status">How it is by this check alone.</param>
/// <param name="Detail">Why, in a sentence; null when there is nothing to say.</param>
/// <param name="Figures">The figures, the main one first.</param>
internal sealed record Observation(SubjectStatus Status, string? Detail, IReadOnlyList<Figure> Figures)
{
    /// <summary>A figure by its name; null when the check did not find it.</summary>
    /// <param name="metric">The name.</param>
    public double? ValueOf(string metric)
    {
        foreach (var figure in Figures)
        {
            if (figure.Metric == metric)
                return figure.Value;
        }

        return null;
    }
}

/// <summary>From where on a figure is too high.</summary>
/// <param name="Degraded">From here on the thing is degraded.</param>
/// <param name="Unhealthy">From here on it is unhealthy.</param>
internal sealed record Thresholds(double Degraded, double Unhealthy)
{
    /// <summary>How a thing is that has this figure.</summary>
    /// <param name="value">The figure.</param>
    public SubjectStatus Judge(double value) =>
        value >= Unhealthy ? SubjectStatus.Unhealthy : value >= Degraded ? SubjectStatus.Degraded : SubjectStatus.Healthy;
}

/// <summary>One check of the past.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Value">The main figure; null when there was none.</param>
/// <param name="Status">How the thing was from then on.</param>
internal sealed record CheckPoint(DateTimeOffset At, double? Value, SubjectStatus Status);
