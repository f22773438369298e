using System.ComponentModel.DataAnnotations;

namespace Platform.Server.Scripting;

/// <summary>Options of the expression languages, section <c>Scripting</c>.</summary>
internal sealed class ScriptingOptions
{
    /// <summary>
    /// Whether workflows may run C#. It is compiled and runs inside the server with all that the server may do: files, network, memory,
    /// secrets. It is not a sandbox, has no limits and cannot be stopped, so whoever may edit workflows may then do everything that the
    /// server's user may. Default: false.
    /// </summary>
    public bool AllowCSharp { get; set; }

    /// <summary>
    /// Keys of settings that expressions may read, as <c>getConfig('Section:Key')</c> in JavaScript and <c>Configuration.Section.Key</c>
    /// in Liquid. Each key is listed by itself, because settings hold secrets. Default: none.
    /// </summary>
    public List<string> AllowedConfiguration { get; set; } = [];

    /// <summary>Libraries that JavaScript may use. They run in the sandbox like every script. Default: none.</summary>
    public List<JavaScriptLibraryOptions> JavaScriptLibraries { get; set; } = [];
}

/// <summary>A library that JavaScript may use.</summary>
internal sealed class JavaScriptLibraryOptions
{
    /// <summary>The name that scripts use, for example <c>lodash</c>.</summary>
    [Required]
    public string Name { get; set; } = "";

    /// <summary>Its file: one that Node loads by itself, as <c>lodash.min.js</c> is.</summary>
    [Required]
    public string Path { get; set; } = "";
}
