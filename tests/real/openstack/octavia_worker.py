"""Octavia's worker with two faults of 11.0.0 mended, without which a fully populated create never ends.

1. run_flow() hands its keyword arguments to taskflow instead of to the flow's builder: the load balancer turns ACTIVE
   and everything below it stays PENDING_CREATE. Later releases pass them on.
2. With the listeners there, AmphoraePostNetworkPlug wants amphorae_network_config, which nothing provides
   (MissingDependencies; the load balancer stays PENDING_CREATE).
"""
import sys

from octavia.cmd import octavia_worker
from octavia.common import constants
from octavia.controller.worker.v2 import controller_worker
from octavia.controller.worker.v2.flows import load_balancer_flows
from octavia.controller.worker.v2.tasks import network_tasks


def run_flow(self, func, *args, **kwargs):
    if controller_worker.CONF.task_flow.jobboard_enabled:
        self.services_controller.run_poster(func, *args, **kwargs)
        return
    store = kwargs.pop('store', None)
    engine = self.tf_engine.taskflow_load(func(*args, **kwargs), store=store)
    with controller_worker.tf_logging.DynamicLoggingListener(engine, log=controller_worker.LOG):
        engine.run()


def with_network_configs(build):
    def listeners_flow(self):
        tasks = build(self)
        at = next(i for i, task in enumerate(tasks) if type(task).__name__ == 'AmphoraePostNetworkPlug')
        tasks.insert(at, network_tasks.GetAmphoraeNetworkConfigs(
            requires=constants.LOADBALANCER_ID, provides=constants.AMPHORAE_NETWORK_CONFIG))
        return tasks
    return listeners_flow


controller_worker.ControllerWorker.run_flow = run_flow
flows = load_balancer_flows.LoadBalancerFlows
flows._create_listeners_flow = with_network_configs(flows._create_listeners_flow)
sys.exit(octavia_worker.main())
