using System.ComponentModel.DataAnnotations;
using System.Net;
using FluentValidation;

namespace Bridge.Api.Configuration;

/// <summary>Where the service listens, and how much it says.</summary>
internal sealed class ServerOptions
{
    public const string Section = "Server";

    /// <summary>The address to listen on (<c>HOST</c>).</summary>
    public string Host { get; set; } = "0.0.0.0";

    /// <summary>The port to listen on; 0 for any free one (<c>PORT</c>).</summary>
    [Range(0, 65535, ErrorMessage = "PORT must be a whole number from 0 (any free port) to 65535.")]
    public int Port { get; set; } = 8000;

    /// <summary>The least level that is logged (<c>LOG_LEVEL</c>).</summary>
    [AllowedValues("trace", "debug", "info", "information", "warn", "warning", "error", "critical", ErrorMessage = "LOG_LEVEL must be one of: trace, debug, info, warning, error, critical.")]
    public string LogLevel { get; set; } = "info";

    /// <summary>The address as the web server wants it.</summary>
    public string Url => $"http://{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}";
}

/// <summary>Checks what an attribute cannot say.</summary>
internal sealed class ServerOptionsRules : AbstractValidator<ServerOptions>
{
    /// <summary>The web server takes a name it does not know for "every address", which nobody means who writes one.</summary>
    public ServerOptionsRules() =>
        RuleFor(o => o.Host)
            .Must(host => host == "localhost" || IPAddress.TryParse(host, out _))
            .WithMessage("HOST must be an IP address to listen on, for example 0.0.0.0 or 127.0.0.1, or localhost.");
}
