using System.Reflection;
using System.Text.RegularExpressions;
using Bridge.Application.Bridging;
using Bridge.Domain.Calls;
using Microsoft.Extensions.Logging;

namespace Bridge.Api.Tests.Privacy;

/// <summary>A method that writes a log line.</summary>
internal sealed partial record LogMethod(MethodInfo Method, LoggerMessageAttribute Line)
{
    /// <summary>What is logged from: all that ships.</summary>
    public static readonly IReadOnlyList<Assembly> Product =
        [typeof(Call).Assembly, typeof(CallBridge).Assembly, typeof(Infrastructure.DependencyInjection).Assembly, typeof(BridgeApp).Assembly];

    public static IReadOnlyList<LogMethod> All { get; } =
        [.. from assembly in Product
            from type in assembly.GetTypes()
            from method in type.GetMethods(BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static)
            where method.GetCustomAttribute<LoggerMessageAttribute>() is not null
            select new LogMethod(method, method.GetCustomAttribute<LoggerMessageAttribute>()!)];

    public string Name => $"{Method.DeclaringType!.Name}.{Method.Name}";

    public bool IsSensitive => Method.Name.EndsWith("Sensitive", StringComparison.Ordinal);

    /// <summary>Its placeholders, each with the type of its argument.</summary>
    public IEnumerable<(string Name, Type Type)> Placeholders =>
        from match in Placeholder().Matches(Line.Message)
        let name = match.Groups["name"].Value
        select (name, Method.GetParameters().Single(p => p.Name!.Equals(name, StringComparison.OrdinalIgnoreCase)).ParameterType);

    public bool TakesException => Method.GetParameters().Any(p => typeof(Exception).IsAssignableFrom(p.ParameterType));

    [GeneratedRegex(@"\{@?(?<name>[A-Za-z0-9_]+)(?:[,:][^}]*)?\}")]
    private static partial Regex Placeholder();
}
