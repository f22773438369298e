using System.ComponentModel.DataAnnotations;
using Platform.CustomActivities.Resilience;

namespace Platform.CustomActivities.Services;

/// <summary>How the addresses of a service share its calls.</summary>
public enum Balancing
{
    /// <summary>In turn.</summary>
    RoundRobin,

    /// <summary>The first one takes all; the next ones only while those before them fail.</summary>
    Failover,
}

/// <summary>A service that workflows call by its name, section <c>Services:{name}</c>.</summary>
public sealed class ServiceOptions
{
    /// <summary>Absolute address that paths are appended to, http or https. Required, unless <see cref="BaseAddresses"/> are given.</summary>
    public string? BaseAddress { get; set; }

    /// <summary>Several such addresses of the same service, in place of <see cref="BaseAddress"/>. At most 32.</summary>
    [MaxLength(32, ErrorMessage = "has more than 32 addresses.")]
    public List<string> BaseAddresses { get; set; } = [];

    /// <summary>How the addresses share the calls: RoundRobin or Failover. One that fails is passed over for 10 s. Default: RoundRobin.</summary>
    public Balancing Balancing { get; set; }

    /// <summary>Path of the health check below the base address. Default: /health.</summary>
    [Required(AllowEmptyStrings = true)]
    public string HealthPath { get; set; } = "/health";

    /// <summary>How long one attempt may take. Default: as the policy says.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00", ErrorMessage = "must lie between 00:00:00.010 and 1.00:00:00.")]
    public TimeSpan? TimeoutPerAttempt { get; set; }

    /// <summary>How long a whole call may take. Default: as the policy says.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00", ErrorMessage = "must lie between 00:00:00.010 and 1.00:00:00.")]
    public TimeSpan? Timeout { get; set; }

    /// <summary>Name of a policy of section <c>Policies</c>, shared with other services. Default: none; then <see cref="Policy"/> counts.</summary>
    public string? PolicyName { get; set; }

    /// <summary>How calls cope with failures, for this service alone.</summary>
    public ServicePolicy Policy { get; set; } = new();

    /// <summary>Names of the services that this one needs to work. No circles. Default: none.</summary>
    [MaxLength(100, ErrorMessage = "has more than 100 names.")]
    public List<string> Dependencies { get; set; } = [];

    /// <summary>Words to find and to select services by. Default: none.</summary>
    [MaxLength(50, ErrorMessage = "has more than 50 tags.")]
    public List<string> Tags { get; set; } = [];

    /// <summary>Who looks after it, for people. Default: nobody.</summary>
    [StringLength(200)]
    public string? Owner { get; set; }

    /// <summary>How the server itself starts and watches it, section <c>Process</c>. Default: it does not.</summary>
    public ServiceProcess? Process { get; set; }

    /// <summary>Operations that workflows call by name, section <c>Operations:{name}</c>; an import fills them. At most 1000. Default: none.</summary>
    [MaxLength(1000, ErrorMessage = "has more than 1000 operations.")]
    public Dictionary<string, ServiceOperation> Operations { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The addresses, whichever way they are given.</summary>
    internal IReadOnlyList<string> Addresses => BaseAddresses.Count > 0 ? BaseAddresses : BaseAddress is { Length: > 0 } single ? [single] : [];
}
