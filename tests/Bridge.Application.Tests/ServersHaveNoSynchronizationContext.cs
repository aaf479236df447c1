using Bridge.Application.Tests;
using NUnit.Framework.Interfaces;

// NUnit gives each test a context that sends what is awaited through the thread pool. A server has none.
[assembly: ServersHaveNoSynchronizationContext]

namespace Bridge.Application.Tests;

/// <summary>So that what becomes due when a test moves time has happened when the time has moved.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class ServersHaveNoSynchronizationContextAttribute : Attribute, ITestAction
{
    public ActionTargets Targets => ActionTargets.Test;

    public void BeforeTest(ITest test) => SynchronizationContext.SetSynchronizationContext(null);

    public void AfterTest(ITest test)
    {
    }
}
