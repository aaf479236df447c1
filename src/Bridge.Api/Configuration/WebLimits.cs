using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Bridge.Api.Configuration;

/// <summary>What a request may be. Twilio's are a few kilobytes, and come at once.</summary>
internal sealed class WebLimits
{
    /// <summary>Bytes of a body; more is answered 413.</summary>
    [Range(1024, 16 * 1024 * 1024, ErrorMessage = "Server:Limits:BodyBytes must be from 1024 to 16777216.")]
    public int BodyBytes { get; set; } = 64 * 1024;

    /// <summary>Fields of a form.</summary>
    [Range(20, 10_000, ErrorMessage = "Server:Limits:Fields must be from 20 to 10000.")]
    public int Fields { get; set; } = 200;

    /// <summary>Bytes of one field as it is sent, its name included. Twilio's longest is CallToken, with a few certificates of the caller's number in it.</summary>
    [Range(512, 16 * 1024 * 1024, ErrorMessage = "Server:Limits:FieldBytes must be from 512 to 16777216.")]
    public int FieldBytes { get; set; } = 32 * 1024;

    /// <summary>How long a body may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:05:00", ErrorMessage = "Server:Limits:BodyTimeout must be from 0.5 s to 5 min.")]
    public TimeSpan BodyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Connections at once that are no media streams; one more is closed. 0 is no limit.</summary>
    [Range(0, 1_000_000, ErrorMessage = "Server:Limits:Connections must be from 0 (no limit) to 1000000.")]
    public int Connections { get; set; } = 10_000;

    /// <summary>Bytes of all headers; more is answered 431.</summary>
    [Range(1024, 1024 * 1024, ErrorMessage = "Server:Limits:HeaderBytes must be from 1024 to 1048576.")]
    public int HeaderBytes { get; set; } = 16 * 1024;

    /// <summary>Headers of a request.</summary>
    [Range(10, 1000, ErrorMessage = "Server:Limits:Headers must be from 10 to 1000.")]
    public int Headers { get; set; } = 50;

    /// <summary>How long a connection may take for its first byte, and a request for its headers.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:05:00", ErrorMessage = "Server:Limits:HeaderTimeout must be from 0.5 s to 5 min.")]
    public TimeSpan HeaderTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a connection may rest between two requests: longer than a load balancer keeps it (60 s), or it would send one into the closing.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:30:00", ErrorMessage = "Server:Limits:KeepAliveTimeout must be from 1 s to 30 min.")]
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(75);

    /// <summary>Frames a second that a WebSocket may bring for long, control frames and fragments included: the rest waits in the network. Twilio's are 50. 0 is no limit.</summary>
    [Range(0, 1_000_000, ErrorMessage = "Server:Limits:FramesPerSecond must be from 0 (no limit) to 1000000.")]
    public int FramesPerSecond { get; set; } = 500;

    /// <summary>Tells the web server.</summary>
    public void Apply(KestrelServerOptions server)
    {
        server.AddServerHeader = false;
        server.Limits.MaxRequestBodySize = BodyBytes;
        server.Limits.MaxRequestHeadersTotalSize = HeaderBytes;
        server.Limits.MaxRequestLineSize = HeaderBytes;
        server.Limits.MaxRequestHeaderCount = Headers;
        server.Limits.MaxConcurrentConnections = Connections == 0 ? null : Connections;
        server.Limits.RequestHeadersTimeout = HeaderTimeout;
        server.Limits.KeepAliveTimeout = KeepAliveTimeout;
    }

}
