using System.ComponentModel.DataAnnotations;
using System.Net;
using FluentValidation;
using Microsoft.Extensions.Options;

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

    /// <summary>
    /// The proxies whose <c>X-Forwarded-*</c> headers are believed: addresses and networks, separated by commas
    /// (<c>TRUSTED_PROXIES</c>). Empty: nobody's.
    /// </summary>
    public string TrustedProxies { get; set; } = "";

    /// <summary>What a request may be.</summary>
    [ValidateObjectMembers]
    public WebLimits Limits { get; set; } = new();

    /// <summary>The networks of <see cref="TrustedProxies"/>; null for one that cannot be read.</summary>
    public IReadOnlyList<IPNetwork?> TrustedNetworks =>
        [.. TrustedProxies.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Network)];

    /// <summary>The address as the web server wants it.</summary>
    public string Url => $"http://{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}";

    private static IPNetwork? Network(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;
}

/// <summary>Checks what an attribute cannot say.</summary>
internal sealed class ServerOptionsRules : AbstractValidator<ServerOptions>
{
    /// <summary>The web server takes a name it does not know for "every address", which nobody means who writes one.</summary>
    public ServerOptionsRules()
    {
        RuleFor(o => o.Host)
            .Must(host => host == "localhost" || IPAddress.TryParse(host, out _))
            .WithMessage("HOST must be an IP address to listen on, for example 0.0.0.0 or 127.0.0.1, or localhost.");
        RuleFor(o => o.TrustedNetworks)
            .Must(networks => networks.All(n => n is { PrefixLength: > 0 }))
            .WithMessage("TRUSTED_PROXIES must be addresses or networks separated by commas, for example 10.0.0.7,192.168.1.0/24; not everybody (/0).");
    }
}
