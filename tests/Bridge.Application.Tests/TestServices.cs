using Bridge.Application.Abstractions;
using Bridge.Application.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Bridge.Application.Tests;

/// <summary>The application as a host would put it together, with settings from a test.</summary>
internal static class TestServices
{
    public static ServiceProvider Build(params (string Key, string Value)[] settings)
    {
        var values = new Dictionary<string, string?>
        {
            ["Assistant:Instructions"] = "Be kind.",
            ["Assistant:Greeting"] = "Say hello.",
            ["Assistant:TakeUp"] = "Take it up.",
            ["Assistant:HearAgain"] = "Hear it again.",
            ["Assistant:StillThere"] = "Anybody there?",
            ["Assistant:Goodbye"] = "Say goodbye.",
            ["Assistant:Filtered"] = "Say something else.",
        };
        foreach (var (key, value) in settings)
            values[key] = value;
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(values).Build())
            .AddLogging()
            .AddMetrics()
            .AddSingleton(new RealtimeProviderName("openai"))
            .AddSingleton(new RealtimeProviderName("echo"))
            .AddSingleton<IRecordings>(new ScriptedRecordings())
            .AddSingleton<IProcessorTime>(new ScriptedProcessor())
            .AddApplication()
            .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }
}
