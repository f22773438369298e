using System.ComponentModel.DataAnnotations;

namespace Platform.CustomActivities.Services;

/// <summary>Something that a service can be asked to do.</summary>
public sealed class ServiceOperation
{
    /// <summary>Method. Default: GET.</summary>
    [RegularExpression("^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$", ErrorMessage = "must be one of GET, POST, PUT, PATCH, DELETE, HEAD and OPTIONS.")]
    public string Method { get; set; } = "GET";

    /// <summary>Path below the base address; parameters stand in braces: /items/{id}. Required.</summary>
    [Required(AllowEmptyStrings = true, ErrorMessage = "is missing. Give the path below the base address, for example /items/{id}.")]
    [StringLength(1000)]
    public string? Path { get; set; }

    /// <summary>What it does, in a sentence. Default: none.</summary>
    [StringLength(500)]
    public string? Summary { get; set; }

    /// <summary>Its parameters by name. At most 100. Default: none.</summary>
    [MaxLength(100, ErrorMessage = "has more than 100 parameters.")]
    public Dictionary<string, OperationParameter> Parameters { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Whether it takes a body: None, Optional or Required. Default: None.</summary>
    public OperationBody Body { get; set; }
}

/// <summary>Whether an operation takes a body.</summary>
public enum OperationBody
{
    /// <summary>It takes none.</summary>
    None,

    /// <summary>It may be given one.</summary>
    Optional,

    /// <summary>It needs one.</summary>
    Required,
}

/// <summary>Where a parameter stands in a request.</summary>
public enum ParameterPlace
{
    /// <summary>In the query string.</summary>
    Query,

    /// <summary>In the path.</summary>
    Path,

    /// <summary>In a header.</summary>
    Header,
}

/// <summary>What values a parameter takes.</summary>
public enum ParameterType
{
    /// <summary>Text.</summary>
    String,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A list; in a query string the name stands once for each item.</summary>
    Array,

    /// <summary>Anything; it is sent as text.</summary>
    Any,
}

/// <summary>A parameter of an operation.</summary>
public sealed class OperationParameter
{
    /// <summary>Where it stands: Query, Path or Header. Default: Query.</summary>
    public ParameterPlace In { get; set; }

    /// <summary>What values it takes. Default: String.</summary>
    public ParameterType Type { get; set; }

    /// <summary>Whether it must be given. Default: false.</summary>
    public bool Required { get; set; }
}
