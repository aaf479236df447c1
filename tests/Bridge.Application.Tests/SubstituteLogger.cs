using Microsoft.Extensions.Logging;
using NSubstitute;

namespace Bridge.Application.Tests;

/// <summary>A logger that is a substitute, and what it was told, as text.</summary>
internal static class SubstituteLogger
{
    public static ILogger<T> Of<T>()
    {
        var logger = Substitute.For<ILogger<T>>();
        logger.IsEnabled(Arg.Any<LogLevel>()).Returns(true);
        return logger;
    }

    public static IReadOnlyList<(LogLevel Level, string Text)> Lines<T>(this ILogger<T> logger) =>
    [
        .. from call in logger.ReceivedCalls()
           where call.GetMethodInfo().Name == nameof(ILogger.Log)
           let told = call.GetArguments()
           select ((LogLevel)told[0]!, told[2]!.ToString()!),
    ];
}

/// <summary>Settings that are a substitute too: a handler gets them as a host hands them out.</summary>
internal static class SubstituteOptions
{
    public static Microsoft.Extensions.Options.IOptions<T> Of<T>(T value)
        where T : class
    {
        var options = Substitute.For<Microsoft.Extensions.Options.IOptions<T>>();
        options.Value.Returns(value);
        return options;
    }
}
