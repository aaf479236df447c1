using System.Net;
using System.Net.Sockets;
using Bridge.Simulator.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Bridge.Api.Tests;

/// <summary>The real service in real time, at an address that it knows, and the settings that a doctor beside it would have.</summary>
internal static class DoctorHost
{
    public const string AuthToken = "canary-auth-token-0123456789";

    public const string Key = "canary-key-0123456789";

    /// <summary>Starts it with signatures checked.</summary>
    public static async Task<BridgeHost> StartAsync(Dictionary<string, string>? more = null, FakeModelOptions? model = null, Action<WebApplicationBuilder>? customize = null)
    {
        var port = FreePort();
        var variables = new Dictionary<string, string> { ["PORT"] = $"{port}", ["PUBLIC_BASE_URL"] = $"http://127.0.0.1:{port}", ["TWILIO_AUTH_TOKEN"] = AuthToken };
        foreach (var (name, value) in more ?? [])
            variables[name] = value;
        return await BridgeHost.StartAsync(model, variables, builder =>
        {
            builder.Services.AddSingleton(TimeProvider.System);
            customize?.Invoke(builder);
        });
    }

    /// <summary>The settings of the service, as the doctor reads them.</summary>
    public static Dictionary<string, string> Variables(BridgeHost bridge, params (string Name, string? Value)[] changes)
    {
        var variables = new Dictionary<string, string>
        {
            ["OPENAI_API_KEY"] = Key, ["OPENAI_REALTIME_URL"] = bridge.Model.Url.ToString(), ["TWILIO_AUTH_TOKEN"] = AuthToken,
            ["PUBLIC_BASE_URL"] = bridge.Address.ToString().TrimEnd('/'),
        };
        foreach (var (name, value) in changes)
        {
            if (value is null)
                variables.Remove(name);
            else
                variables[name] = value;
        }

        return variables;
    }

    /// <summary>Below the range from which the system takes ports by itself, so that nobody gets it in between.</summary>
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            try
            {
                using var trial = new TcpListener(IPAddress.Loopback, port);
                trial.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken.
            }
        }
    }
}
